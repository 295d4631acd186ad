PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE executions (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  started_at INTEGER NOT NULL,
  header TEXT NOT NULL,
  over_at INTEGER,
  ended_at INTEGER,
  ending TEXT,
  is_resumable INTEGER
) STRICT;
INSERT INTO executions VALUES(1,'20261128-103918-znhj',1795862358991088,'{"account":"000099","directory":"/BOOK","environment":"DEV","holder":{"host":"pump-3","process":3773,"processStart":"92fcdca7-d3dc-4f19-b926-dc91295b667a pid:[4026531836] 4630487","user":"ada"},"id":"20261128-103918-znhj","name":"undo.runbook","parameters":{},"service":"http://127.0.0.1:1","sources":[{"name":"undo.runbook","text":"account \"000099\"\nenvironment DEV\nlet prepare = table-to-table \"p\"\nlet export = table-to-storage \"e\"\ndisable prepare\ndisable export\ntry { wait 60s } finally { enable prepare; enable export }\nprint \"behind\"\n"}],"startedAt":"2026-11-28T10:39:18.991088Z","today":"2026-11-28"}',1795862360899626,NULL,NULL,NULL);
CREATE TABLE leases (
  execution INTEGER PRIMARY KEY REFERENCES executions (number) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  holder TEXT,
  renewed_at INTEGER NOT NULL
) STRICT;
INSERT INTO leases VALUES(1,1,'{"host":"pump-3","process":3773,"processStart":"92fcdca7-d3dc-4f19-b926-dc91295b667a pid:[4026531836] 4630487","user":"ada"}',1795862358991134);
CREATE TABLE effects (
  execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  path TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  intent TEXT NOT NULL,
  intended_at INTEGER NOT NULL,
  outcome TEXT,
  finished_at INTEGER,
  PRIMARY KEY (execution, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO effects VALUES(1,1,'/.4#0','c793f65b23666698','{"activation":{"_0":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"_1":"disabled"}}',1795862358998303,'{"done":{}}',1795862359046064);
INSERT INTO effects VALUES(1,2,'/.5#0','d0f8708eba19934f','{"activation":{"_0":{"account":"000099","environment":"DEV","id":"e","name":"e","type":"table-to-storage"},"_1":"disabled"}}',1795862359048320,'{"done":{}}',1795862359050481);
INSERT INTO effects VALUES(1,3,'/.6/try.0#0','1e9039e7e8cc3bbf','{"wait":{"_0":60000000,"from":"2026-11-28T10:39:19.053987Z"}}',1795862359054011,NULL,NULL);
INSERT INTO effects VALUES(1,4,'/.6/finally.0#0','12b5ba85ead30e01','{"activation":{"_0":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"_1":"enabled"}}',1795862360900672,NULL,NULL);
CREATE TABLE operations (
  number INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  environment TEXT NOT NULL,
  type TEXT NOT NULL,
  configuration TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (account, environment, type, configuration)
) STRICT;
INSERT INTO operations VALUES(1,'000099','DEV','table-to-table','p_DEV','p');
INSERT INTO operations VALUES(2,'000099','DEV','table-to-storage','e','e');
CREATE TABLE owned_runs (
  operation INTEGER NOT NULL REFERENCES operations (number),
  run TEXT NOT NULL,
  execution INTEGER NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (operation, run)
) STRICT, WITHOUT ROWID;
CREATE TABLE launch_tickets (
  ticket INTEGER PRIMARY KEY AUTOINCREMENT,
  operation INTEGER NOT NULL REFERENCES operations (number),
  execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  path TEXT NOT NULL
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('executions',1);
CREATE INDEX launch_tickets_by_operation ON launch_tickets (operation, ticket);
COMMIT;
