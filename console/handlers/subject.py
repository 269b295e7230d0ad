"""What an action is about, said in words when there is nothing."""

from console.place import Place


async def subject(place: Place) -> str:
    """Return the incident an action is about, or an empty string after saying that there is none."""
    key = place.incident_key()
    if not key:
        if place.proposal_key():
            place.room.say(f"{place.proposal_key()} is a proposal: y confirms it first.", severity="warning")
        else:
            place.room.say("There is no incident under the cursor.", severity="warning")
    return key
