"""Full-screen views; they compose widgets and bind state, and hold no rules."""
