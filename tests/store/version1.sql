PRAGMA application_id=1465011505;
PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE cause (
	"key" VARCHAR NOT NULL, 
	proposal INTEGER, 
	incident INTEGER, 
	PRIMARY KEY ("key")
);
CREATE TABLE check_state (
	id VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	health JSON, 
	updated_at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE command (
	id VARCHAR NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	result JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "command" VALUES('6b9e55c3422a42b3964988443d71d83a','2026-11-24T13:46:11.000000+00:00','{"key": "INC-1", "text": "INC-1 declared as P1 high", "facts": {}, "seq": 3}');
INSERT INTO "command" VALUES('0dfb229428f0457eb7385ed0a01094b9','2026-11-24T13:46:11.000000+00:00','{"key": "INC-1", "text": "INC-1 acknowledged by ada", "facts": {}, "seq": 5}');
INSERT INTO "command" VALUES('e6a046c5aac044e2a752e8d2eff6415d','2026-11-24T13:46:11.000000+00:00','{"key": "INC-1", "text": "INC-1: update to engineering, product, support, executives recorded as sent by other means; the next is due 2026-11-24T14:46:11Z", "facts": {"audiences": ["engineering", "product", "support", "executives"], "next_due": "2026-11-24T14:46:11+00:00"}, "seq": 11}');
CREATE TABLE counter (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	incident INTEGER NOT NULL, 
	proposal INTEGER NOT NULL, 
	configuration VARCHAR NOT NULL, 
	schema_version INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "counter" VALUES(1,11,1,0,'85e596fba729475d8ed8d226626ab1bd',1);
CREATE TABLE definition (
	kind VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	spec JSON, 
	origin VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	retired_at VARCHAR(32), 
	PRIMARY KEY (kind, id)
);
INSERT INTO "definition" VALUES('room','room','{"name": "warroom", "timezone": "UTC", "canaries": [], "heartbeat": "", "confirm_within": [["P0", 120.0], ["P1", 120.0]], "reopen_within": 86400.0, "ladder_repeats": 2, "trusted": []}','default',0,NULL);
INSERT INTO "definition" VALUES('severity','P0','{"severity": "P0", "response": 300.0, "update": 1800.0}','default',0,NULL);
INSERT INTO "definition" VALUES('severity','P1','{"severity": "P1", "response": 900.0, "update": 3600.0}','default',1,NULL);
INSERT INTO "definition" VALUES('severity','P2','{"severity": "P2", "response": 3600.0, "update": 14400.0}','default',2,NULL);
INSERT INTO "definition" VALUES('severity','P3','{"severity": "P3", "response": 14400.0, "update": 86400.0}','default',3,NULL);
INSERT INTO "definition" VALUES('level','on-call','{"id": "on-call", "name": "On-call engineer", "rank": 1, "contacts": ["ada"], "calendar": null, "severities": ["P0", "P1", "P2", "P3"], "delay": [], "confirmed_only": false}','default',0,NULL);
INSERT INTO "definition" VALUES('level','team-lead','{"id": "team-lead", "name": "Team lead", "rank": 2, "contacts": ["lin"], "calendar": null, "severities": ["P0", "P1", "P2", "P3"], "delay": [], "confirmed_only": false}','default',1,NULL);
INSERT INTO "definition" VALUES('level','engineering-manager','{"id": "engineering-manager", "name": "Engineering manager", "rank": 3, "contacts": ["sam"], "calendar": null, "severities": ["P0", "P1", "P2"], "delay": [], "confirmed_only": false}','default',2,NULL);
INSERT INTO "definition" VALUES('level','cto','{"id": "cto", "name": "CTO/VP Engineering", "rank": 4, "contacts": ["tess"], "calendar": null, "severities": ["P0", "P1"], "delay": [], "confirmed_only": false}','default',3,NULL);
INSERT INTO "definition" VALUES('level','ceo','{"id": "ceo", "name": "CEO", "rank": 5, "contacts": ["carla"], "calendar": null, "severities": ["P0"], "delay": [], "confirmed_only": true}','default',4,NULL);
INSERT INTO "definition" VALUES('audience','engineering','{"id": "engineering", "name": "Engineering teams", "severities": ["P0", "P1", "P2", "P3"], "by_hand": false, "external": false, "channels": [], "cadence": [], "hours": null}','default',0,NULL);
INSERT INTO "definition" VALUES('audience','product','{"id": "product", "name": "Product management", "severities": ["P0", "P1", "P2"], "by_hand": false, "external": false, "channels": [], "cadence": [], "hours": null}','default',1,NULL);
INSERT INTO "definition" VALUES('audience','support','{"id": "support", "name": "Customer support", "severities": ["P0", "P1", "P2"], "by_hand": false, "external": false, "channels": [], "cadence": [], "hours": null}','default',2,NULL);
INSERT INTO "definition" VALUES('audience','executives','{"id": "executives", "name": "Executive leadership", "severities": ["P0", "P1"], "by_hand": false, "external": false, "channels": [], "cadence": [], "hours": null}','default',3,NULL);
INSERT INTO "definition" VALUES('audience','customers','{"id": "customers", "name": "External customers", "severities": ["P0", "P1", "P2", "P3"], "by_hand": true, "external": true, "channels": [], "cadence": [], "hours": null}','default',4,NULL);
INSERT INTO "definition" VALUES('runbook','incident-response','{"id": "incident-response", "title": "Incident Response Process", "steps": [{"title": "Monitor alerting systems", "phase": "Detection & Alerting", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Verify incident is real (not a false positive)", "phase": "Detection & Alerting", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Determine initial severity level", "phase": "Detection & Alerting", "kind": "manual", "detail": "", "command": "", "auto": "severity", "second": false}, {"title": "Acknowledge incident", "phase": "Initial Response", "kind": "manual", "detail": "", "command": "", "auto": "acknowledged", "second": false}, {"title": "Create incident ticket", "phase": "Initial Response", "kind": "manual", "detail": "", "command": "", "auto": "ticket", "second": false}, {"title": "Notify stakeholders", "phase": "Initial Response", "kind": "manual", "detail": "", "command": "", "auto": "stakeholders", "second": false}, {"title": "Begin investigation", "phase": "Initial Response", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Gather information about the incident", "phase": "Investigation", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Identify root cause", "phase": "Investigation", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Assess impact scope", "phase": "Investigation", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Document findings", "phase": "Investigation", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Implement fix or workaround", "phase": "Resolution", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Verify resolution", "phase": "Resolution", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Monitor for recurrence", "phase": "Resolution", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Update incident status", "phase": "Resolution", "kind": "manual", "detail": "", "command": "", "auto": "resolved", "second": false}, {"title": "Conduct post-mortem", "phase": "Post-Incident", "kind": "manual", "detail": "", "command": "", "auto": "post-mortem", "second": false}, {"title": "Document lessons learned", "phase": "Post-Incident", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Update runbooks and procedures", "phase": "Post-Incident", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Implement preventive measures", "phase": "Post-Incident", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}], "always": true, "words": []}','default',0,NULL);
INSERT INTO "definition" VALUES('runbook','database-issues','{"id": "database-issues", "title": "Database Issues", "steps": [{"title": "Check connection pools", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Review query performance", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Verify backup status", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Consider failover options", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}], "always": false, "words": ["database", "db", "sql", "postgres", "postgresql", "mysql", "mariadb", "oracle", "mongo", "mongodb", "redis", "cassandra", "pgbouncer", "query", "queries", "replica", "replication", "deadlock", "connection pool", "connections", "failover", "backup"]}','default',1,NULL);
INSERT INTO "definition" VALUES('runbook','api-failures','{"id": "api-failures", "title": "API Failures", "steps": [{"title": "Check service health", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Review error logs", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Verify dependencies", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Check rate limiting", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}], "always": false, "words": ["api", "endpoint", "gateway", "http", "https", "500", "502", "503", "504", "5xx", "429", "error rate", "errors", "grpc", "graphql", "webhook", "upstream", "rate limit", "rate limiting", "timeout", "timeouts", "unavailable", "refused", "unreachable", "down"]}','default',2,NULL);
INSERT INTO "definition" VALUES('runbook','performance-degradation','{"id": "performance-degradation", "title": "Performance Degradation", "steps": [{"title": "Analyze metrics", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Check resource usage", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Review recent deployments", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}, {"title": "Identify bottlenecks", "phase": "", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false}], "always": false, "words": ["performance", "degradation", "degraded", "slow", "slowness", "latency", "p95", "p99", "cpu", "memory", "high load", "saturation", "saturated", "throttling", "throttled", "queue", "backlog", "out of memory", "disk full", "response time"]}','default',3,NULL);
INSERT INTO "definition" VALUES('contact','ada','{"id": "ada", "name": "Ada Lovelace", "phone": "+44 20 7946 0000", "chat": "", "email": "", "zone": "", "notify": []}','file',0,NULL);
INSERT INTO "definition" VALUES('contact','lin','{"id": "lin", "name": "Lin Chen", "phone": "+1 555 0102", "chat": "", "email": "", "zone": "", "notify": []}','file',1,NULL);
INSERT INTO "definition" VALUES('contact','sam','{"id": "sam", "name": "Sam Okafor", "phone": "", "chat": "", "email": "sam@example.org", "zone": "", "notify": []}','file',2,NULL);
INSERT INTO "definition" VALUES('contact','tess','{"id": "tess", "name": "Tess Oyelaran", "phone": "+1 555 0100", "chat": "", "email": "", "zone": "", "notify": []}','file',3,NULL);
INSERT INTO "definition" VALUES('contact','carla','{"id": "carla", "name": "Carla Osei", "phone": "+1 555 0101", "chat": "", "email": "", "zone": "", "notify": []}','file',4,NULL);
INSERT INTO "definition" VALUES('service','checkout','{"id": "checkout", "links": [], "runbooks": ["api-failures"]}','file',5,NULL);
INSERT INTO "definition" VALUES('service','search','{"id": "search", "links": [], "runbooks": []}','file',6,NULL);
INSERT INTO "definition" VALUES('service','payments','{"id": "payments", "links": [], "runbooks": []}','file',7,NULL);
INSERT INTO "definition" VALUES('check','checkout-api','{"id": "checkout-api", "service": "checkout", "url": "https://checkout.example/healthz", "every": 15.0, "timeout": 5.0, "fail_after": 3, "ok_after": 2, "expect": {"status": [], "json": [], "text": null}, "warn": {"latency": null, "certificate": 1209600.0}, "depends_on": [], "severity": "P2", "opens": false, "follow_redirects": false, "verify": true, "method": "GET", "headers": []}','file',8,NULL);
INSERT INTO "definition" VALUES('check','search-api','{"id": "search-api", "service": "search", "url": "https://search.example/healthz", "every": 30.0, "timeout": 5.0, "fail_after": 3, "ok_after": 2, "expect": {"status": [], "json": [], "text": null}, "warn": {"latency": null, "certificate": 1209600.0}, "depends_on": [], "severity": "P2", "opens": false, "follow_redirects": false, "verify": true, "method": "GET", "headers": []}','file',9,NULL);
CREATE TABLE event (
	seq INTEGER NOT NULL, 
	incident INTEGER, 
	subject VARCHAR NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	recorded_at VARCHAR(32) NOT NULL, 
	"by" VARCHAR NOT NULL, 
	host VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	data JSON, 
	command VARCHAR NOT NULL, 
	undoes INTEGER, 
	PRIMARY KEY (seq)
);
INSERT INTO "event" VALUES(1,1,'','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','ada','laptop','declared',1,'{"before": {}, "after": {"title": "Checkout down", "severity": "P1", "status": "detected", "detected_at": "2026-11-24T13:46:11+00:00", "opened_at": "2026-11-24T13:46:11+00:00", "opened_by": "ada", "began_at": null, "services": [], "severity_by": "ada", "severity_why": "", "confirmed": true, "backfilled": false, "acknowledged_at": null, "acknowledged_by": "", "lapsed_at": null, "lapse_warned": false, "breached": false, "resolved_at": null, "closed_at": null, "reopened_at": null, "disposition": null, "duplicate_of": null, "response": {"started": "2026-11-24T13:46:11+00:00", "set_from": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:01:11+00:00", "strict": false}, "updates": [{"audience": "engineering", "applies": true, "since": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "sent_at": null, "snoozed_until": null, "snooze_why": "", "by_hand": null}, {"audience": "product", "applies": true, "since": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "sent_at": null, "snoozed_until": null, "snooze_why": "", "by_hand": null}, {"audience": "support", "applies": true, "since": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "sent_at": null, "snoozed_until": null, "snooze_why": "", "by_hand": null}, {"audience": "executives", "applies": true, "since": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "sent_at": null, "snoozed_until": null, "snooze_why": "", "by_hand": null}, {"audience": "customers", "applies": false, "since": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "sent_at": null, "snoozed_until": null, "snooze_why": "", "by_hand": null}], "ladder": null, "roles": [], "causes": [], "links": [], "steps": [{"id": "ir1", "runbook": "incident-response", "phase": "Detection & Alerting", "title": "Monitor alerting systems", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir2", "runbook": "incident-response", "phase": "Detection & Alerting", "title": "Verify incident is real (not a false positive)", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir3", "runbook": "incident-response", "phase": "Detection & Alerting", "title": "Determine initial severity level", "kind": "manual", "detail": "", "command": "", "auto": "severity", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir4", "runbook": "incident-response", "phase": "Initial Response", "title": "Acknowledge incident", "kind": "manual", "detail": "", "command": "", "auto": "acknowledged", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir5", "runbook": "incident-response", "phase": "Initial Response", "title": "Create incident ticket", "kind": "manual", "detail": "", "command": "", "auto": "ticket", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir6", "runbook": "incident-response", "phase": "Initial Response", "title": "Notify stakeholders", "kind": "manual", "detail": "", "command": "", "auto": "stakeholders", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir7", "runbook": "incident-response", "phase": "Initial Response", "title": "Begin investigation", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir8", "runbook": "incident-response", "phase": "Investigation", "title": "Gather information about the incident", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir9", "runbook": "incident-response", "phase": "Investigation", "title": "Identify root cause", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir10", "runbook": "incident-response", "phase": "Investigation", "title": "Assess impact scope", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir11", "runbook": "incident-response", "phase": "Investigation", "title": "Document findings", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir12", "runbook": "incident-response", "phase": "Resolution", "title": "Implement fix or workaround", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir13", "runbook": "incident-response", "phase": "Resolution", "title": "Verify resolution", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir14", "runbook": "incident-response", "phase": "Resolution", "title": "Monitor for recurrence", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir15", "runbook": "incident-response", "phase": "Resolution", "title": "Update incident status", "kind": "manual", "detail": "", "command": "", "auto": "resolved", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir16", "runbook": "incident-response", "phase": "Post-Incident", "title": "Conduct post-mortem", "kind": "manual", "detail": "", "command": "", "auto": "post-mortem", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir17", "runbook": "incident-response", "phase": "Post-Incident", "title": "Document lessons learned", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir18", "runbook": "incident-response", "phase": "Post-Incident", "title": "Update runbooks and procedures", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}, {"id": "ir19", "runbook": "incident-response", "phase": "Post-Incident", "title": "Implement preventive measures", "kind": "manual", "detail": "", "command": "", "auto": "", "second": false, "state": "todo", "by": "", "at": null, "why": ""}], "post_mortem": ""}}','6b9e55c3422a42b3964988443d71d83a',NULL);
INSERT INTO "event" VALUES(2,1,'','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','escalation','laptop','escalation',2,'{"level": "on-call", "name": "On-call engineer", "contacts": ["Ada Lovelace"], "skipped": [], "before": {"ladder": null}, "after": {"ladder": {"state": "running", "started": "2026-11-24T13:46:11+00:00", "round": 1, "level": "on-call", "told_at": "2026-11-24T13:46:11+00:00", "next_level": "team-lead", "next_at": "2026-11-24T14:01:11+00:00", "no_answer": []}}}','6b9e55c3422a42b3964988443d71d83a',NULL);
INSERT INTO "event" VALUES(3,1,'step:ir3','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','warroom','laptop','step',3,'{"title": "Determine initial severity level", "auto": "severity", "before": {"state": "todo", "by": "", "at": null, "why": ""}, "after": {"state": "done", "by": "warroom", "at": "2026-11-24T13:46:11+00:00", "why": ""}}','6b9e55c3422a42b3964988443d71d83a',NULL);
INSERT INTO "event" VALUES(4,1,'','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','ada','laptop','acknowledged',4,'{"before": {"acknowledged_by": "", "confirmed": true, "ladder": {"state": "running", "started": "2026-11-24T13:46:11+00:00", "round": 1, "level": "on-call", "told_at": "2026-11-24T13:46:11+00:00", "next_level": "team-lead", "next_at": "2026-11-24T14:01:11+00:00", "no_answer": []}, "acknowledged_at": null, "status": "detected"}, "after": {"acknowledged_by": "ada", "confirmed": true, "ladder": {"state": "stopped", "started": "2026-11-24T13:46:11+00:00", "round": 1, "level": "on-call", "told_at": "2026-11-24T13:46:11+00:00", "next_level": null, "next_at": null, "no_answer": []}, "acknowledged_at": "2026-11-24T13:46:11+00:00", "status": "acknowledged"}}','0dfb229428f0457eb7385ed0a01094b9',NULL);
INSERT INTO "event" VALUES(5,1,'step:ir4','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','warroom','laptop','step',5,'{"title": "Acknowledge incident", "auto": "acknowledged", "before": {"state": "todo", "by": "", "at": null, "why": ""}, "after": {"state": "done", "by": "warroom", "at": "2026-11-24T13:46:11+00:00", "why": ""}}','0dfb229428f0457eb7385ed0a01094b9',NULL);
INSERT INTO "event" VALUES(6,1,'','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','ada','laptop','update',6,'{"text": "We look into it", "audiences": ["engineering", "product", "support", "executives"], "means": "by other means"}','e6a046c5aac044e2a752e8d2eff6415d',NULL);
INSERT INTO "event" VALUES(7,1,'audience:engineering','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','ada','laptop','clock',7,'{"before": {"sent_at": null, "due": "2026-11-24T14:46:11+00:00", "snoozed_until": null, "snooze_why": ""}, "after": {"sent_at": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "snoozed_until": null, "snooze_why": ""}}','e6a046c5aac044e2a752e8d2eff6415d',NULL);
INSERT INTO "event" VALUES(8,1,'audience:product','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','ada','laptop','clock',8,'{"before": {"sent_at": null, "due": "2026-11-24T14:46:11+00:00", "snoozed_until": null, "snooze_why": ""}, "after": {"sent_at": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "snoozed_until": null, "snooze_why": ""}}','e6a046c5aac044e2a752e8d2eff6415d',NULL);
INSERT INTO "event" VALUES(9,1,'audience:support','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','ada','laptop','clock',9,'{"before": {"sent_at": null, "due": "2026-11-24T14:46:11+00:00", "snoozed_until": null, "snooze_why": ""}, "after": {"sent_at": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "snoozed_until": null, "snooze_why": ""}}','e6a046c5aac044e2a752e8d2eff6415d',NULL);
INSERT INTO "event" VALUES(10,1,'audience:executives','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','ada','laptop','clock',10,'{"before": {"sent_at": null, "due": "2026-11-24T14:46:11+00:00", "snoozed_until": null, "snooze_why": ""}, "after": {"sent_at": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:46:11+00:00", "snoozed_until": null, "snooze_why": ""}}','e6a046c5aac044e2a752e8d2eff6415d',NULL);
INSERT INTO "event" VALUES(11,1,'step:ir6','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','warroom','laptop','step',11,'{"title": "Notify stakeholders", "auto": "stakeholders", "before": {"state": "todo", "by": "", "at": null, "why": ""}, "after": {"state": "done", "by": "warroom", "at": "2026-11-24T13:46:11+00:00", "why": ""}}','e6a046c5aac044e2a752e8d2eff6415d',NULL);
CREATE TABLE incident (
	id INTEGER NOT NULL, 
	title VARCHAR NOT NULL, 
	severity VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	detected_at VARCHAR(32) NOT NULL, 
	opened_at VARCHAR(32) NOT NULL, 
	opened_by VARCHAR NOT NULL, 
	began_at VARCHAR(32), 
	services JSON, 
	severity_by VARCHAR NOT NULL, 
	severity_why VARCHAR NOT NULL, 
	confirmed BOOLEAN NOT NULL, 
	backfilled BOOLEAN NOT NULL, 
	acknowledged_at VARCHAR(32), 
	acknowledged_by VARCHAR NOT NULL, 
	lapsed_at VARCHAR(32), 
	lapse_warned BOOLEAN NOT NULL, 
	breached BOOLEAN NOT NULL, 
	resolved_at VARCHAR(32), 
	closed_at VARCHAR(32), 
	reopened_at VARCHAR(32), 
	disposition VARCHAR, 
	duplicate_of INTEGER, 
	response JSON, 
	ladder JSON, 
	roles JSON, 
	causes JSON, 
	links JSON, 
	post_mortem VARCHAR NOT NULL, 
	touched_at VARCHAR(32), 
	version INTEGER NOT NULL, 
	live BOOLEAN NOT NULL, 
	ic VARCHAR NOT NULL, 
	response_due VARCHAR(32), 
	response_from VARCHAR(32), 
	response_started VARCHAR(32), 
	response_strict BOOLEAN NOT NULL, 
	update_due VARCHAR(32), 
	update_snoozed BOOLEAN NOT NULL, 
	steps_done INTEGER NOT NULL, 
	steps_total INTEGER NOT NULL, 
	causes_clear BOOLEAN NOT NULL, 
	nobody BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "incident" VALUES(1,'Checkout down','P1','acknowledged','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','ada',NULL,'[]','ada','',1,0,'2026-11-24T13:46:11.000000+00:00','ada',NULL,0,0,NULL,NULL,NULL,NULL,NULL,'{"started": "2026-11-24T13:46:11+00:00", "set_from": "2026-11-24T13:46:11+00:00", "due": "2026-11-24T14:01:11+00:00", "strict": false}','{"state": "stopped", "started": "2026-11-24T13:46:11+00:00", "round": 1, "level": "on-call", "told_at": "2026-11-24T13:46:11+00:00", "next_level": null, "next_at": null, "no_answer": []}','[]','[]','[]','','2026-11-24T13:46:11.000000+00:00',11,1,'','2026-11-24T14:01:11.000000+00:00','2026-11-24T13:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00',0,'2026-11-24T14:46:11.000000+00:00',0,3,19,0,0);
CREATE TABLE lease (
	id VARCHAR NOT NULL, 
	next_due VARCHAR(32) NOT NULL, 
	holder VARCHAR NOT NULL, 
	until VARCHAR(32), 
	fence INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE mute (
	cause VARCHAR NOT NULL, 
	until VARCHAR(32) NOT NULL, 
	"by" VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (cause)
);
CREATE TABLE probe (
	check_id VARCHAR NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	outcome VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	status INTEGER, 
	connect FLOAT, 
	tls FLOAT, 
	first_byte FLOAT, 
	total FLOAT, 
	certificate_until VARCHAR(32), 
	PRIMARY KEY (check_id, at)
);
CREATE TABLE proposal (
	id INTEGER NOT NULL, 
	title VARCHAR NOT NULL, 
	severity VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	proposed_at VARCHAR(32) NOT NULL, 
	opens_at VARCHAR(32), 
	services JSON, 
	causes JSON, 
	state VARCHAR NOT NULL, 
	reopens INTEGER, 
	incident INTEGER, 
	answered_by VARCHAR NOT NULL, 
	answered_at VARCHAR(32), 
	PRIMARY KEY (id)
);
CREATE TABLE step (
	incident INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	runbook VARCHAR NOT NULL, 
	phase VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	command VARCHAR NOT NULL, 
	auto VARCHAR NOT NULL, 
	second BOOLEAN NOT NULL, 
	state VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	at VARCHAR(32), 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (incident, id), 
	FOREIGN KEY(incident) REFERENCES incident (id)
);
INSERT INTO "step" VALUES(1,'ir1',0,'incident-response','Detection & Alerting','Monitor alerting systems','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir2',1,'incident-response','Detection & Alerting','Verify incident is real (not a false positive)','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir3',2,'incident-response','Detection & Alerting','Determine initial severity level','manual','','','severity',0,'done','warroom','2026-11-24T13:46:11.000000+00:00','');
INSERT INTO "step" VALUES(1,'ir4',3,'incident-response','Initial Response','Acknowledge incident','manual','','','acknowledged',0,'done','warroom','2026-11-24T13:46:11.000000+00:00','');
INSERT INTO "step" VALUES(1,'ir5',4,'incident-response','Initial Response','Create incident ticket','manual','','','ticket',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir6',5,'incident-response','Initial Response','Notify stakeholders','manual','','','stakeholders',0,'done','warroom','2026-11-24T13:46:11.000000+00:00','');
INSERT INTO "step" VALUES(1,'ir7',6,'incident-response','Initial Response','Begin investigation','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir8',7,'incident-response','Investigation','Gather information about the incident','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir9',8,'incident-response','Investigation','Identify root cause','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir10',9,'incident-response','Investigation','Assess impact scope','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir11',10,'incident-response','Investigation','Document findings','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir12',11,'incident-response','Resolution','Implement fix or workaround','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir13',12,'incident-response','Resolution','Verify resolution','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir14',13,'incident-response','Resolution','Monitor for recurrence','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir15',14,'incident-response','Resolution','Update incident status','manual','','','resolved',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir16',15,'incident-response','Post-Incident','Conduct post-mortem','manual','','','post-mortem',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir17',16,'incident-response','Post-Incident','Document lessons learned','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir18',17,'incident-response','Post-Incident','Update runbooks and procedures','manual','','','',0,'todo','',NULL,'');
INSERT INTO "step" VALUES(1,'ir19',18,'incident-response','Post-Incident','Implement preventive measures','manual','','','',0,'todo','',NULL,'');
CREATE TABLE update_clock (
	incident INTEGER NOT NULL, 
	audience VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	applies BOOLEAN NOT NULL, 
	since VARCHAR(32) NOT NULL, 
	due VARCHAR(32) NOT NULL, 
	sent_at VARCHAR(32), 
	snoozed_until VARCHAR(32), 
	snooze_why VARCHAR NOT NULL, 
	by_hand BOOLEAN, 
	PRIMARY KEY (incident, audience), 
	FOREIGN KEY(incident) REFERENCES incident (id)
);
INSERT INTO "update_clock" VALUES(1,'engineering',0,1,'2026-11-24T13:46:11.000000+00:00','2026-11-24T14:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00',NULL,'',NULL);
INSERT INTO "update_clock" VALUES(1,'product',1,1,'2026-11-24T13:46:11.000000+00:00','2026-11-24T14:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00',NULL,'',NULL);
INSERT INTO "update_clock" VALUES(1,'support',2,1,'2026-11-24T13:46:11.000000+00:00','2026-11-24T14:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00',NULL,'',NULL);
INSERT INTO "update_clock" VALUES(1,'executives',3,1,'2026-11-24T13:46:11.000000+00:00','2026-11-24T14:46:11.000000+00:00','2026-11-24T13:46:11.000000+00:00',NULL,'',NULL);
INSERT INTO "update_clock" VALUES(1,'customers',4,0,'2026-11-24T13:46:11.000000+00:00','2026-11-24T14:46:11.000000+00:00',NULL,NULL,'',NULL);
CREATE INDEX ix_incident_detected_at ON incident (detected_at);
CREATE INDEX incident_open ON incident (id) WHERE live = 1;
CREATE INDEX ix_incident_resolved_at ON incident (resolved_at);
CREATE INDEX event_incident ON event (incident, seq);
CREATE INDEX event_command ON event (command);
CREATE INDEX ix_command_at ON command (at);
CREATE INDEX ix_proposal_state ON proposal (state);
CREATE INDEX ix_cause_incident ON cause (incident);
CREATE INDEX ix_lease_next_due ON lease (next_due);
COMMIT;
