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
INSERT INTO executions VALUES(1,'20261125-034959-mwhf',1795578599248749,'{"account":"000099","directory":"/BOOK","environment":"DEV","holder":{"host":"pump-3","process":21992,"processStart":"1f0c pid:[4026531836] 2174519","user":"ada"},"id":"20261125-034959-mwhf","name":"ended.runbook","parameters":{},"service":"http://127.0.0.1:1","sources":[{"name":"ended.runbook","text":"account \"000099\"\nenvironment DEV\nlet prepare = table-to-table \"p\"\nlet export = table-to-storage \"e\"\nlet lasting = table-to-table \"l\"\n\nlaunch prepare\nawait run every 100ms or fail\nprint \"well done\"\n"}],"startedAt":"2026-11-25T03:49:59.248749Z","today":"2026-11-25"}',NULL,1795578599588555,'{"at":"2026-11-25T03:49:59.588555Z","cost":{"awaits":1,"looks":4,"noticing":{"late":24643,"latest":24643,"median":24643},"requests":{"byAction":{"check_run_status":3,"get_last_status":2,"launch_job":1},"retries":0}},"exitStatus":0,"isResumable":false,"origins":[],"summary":"done"}',0);
INSERT INTO executions VALUES(2,'20261125-034959-bmxk',1795578599609795,'{"account":"000099","directory":"/BOOK","environment":"DEV","holder":{"host":"pump-3","process":22003,"processStart":"1f0c pid:[4026531836] 2174557","user":"ada"},"id":"20261125-034959-bmxk","name":"plain.runbook","parameters":{},"service":"http://127.0.0.1:1","sources":[{"name":"plain.runbook","text":"account \"000099\"\nenvironment DEV\nlet prepare = table-to-table \"p\"\nlet export = table-to-storage \"e\"\nlet lasting = table-to-table \"l\"\n\nlaunch prepare\nawait run every 100ms or fail\nmanual \"Look at the table\"\nlaunch export\nawait run every 100ms or fail\nprint \"plain has ended\"\n"}],"startedAt":"2026-11-25T03:49:59.609795Z","today":"2026-11-25"}',NULL,1795578599935750,'{"at":"2026-11-25T03:49:59.93575Z","cost":{"awaits":1,"looks":4,"noticing":{"late":23996,"latest":23996,"median":23996},"requests":{"byAction":{"check_run_status":3,"get_last_status":2,"launch_job":1},"retries":0}},"exitStatus":6,"isResumable":true,"origins":[],"summary":"nobody is there to be asked: “Look at the table”"}',1);
INSERT INTO executions VALUES(3,'20261125-034959-nfkv',1795578599967812,'{"account":"000099","directory":"/BOOK","environment":"DEV","holder":{"host":"pump-3","process":22013,"processStart":"1f0c pid:[4026531836] 2174592","user":"ada"},"id":"20261125-034959-nfkv","name":"lost.runbook","parameters":{},"service":"http://127.0.0.1:1","sources":[{"name":"lost.runbook","text":"account \"000099\"\nenvironment DEV\nlet prepare = table-to-table \"p\"\nlet export = table-to-storage \"e\"\nlet lasting = table-to-table \"l\"\n\nlaunch prepare\nprint \"lost has ended\"\n"}],"startedAt":"2026-11-25T03:49:59.967812Z","today":"2026-11-25"}',NULL,NULL,NULL,NULL);
INSERT INTO executions VALUES(4,'20261125-035001-wftr',1795578601184038,'{"account":"000099","directory":"/BOOK","environment":"DEV","holder":{"host":"pump-3","process":22023,"processStart":"1f0c pid:[4026531836] 2174713","user":"ada"},"id":"20261125-035001-wftr","name":"branches.runbook","parameters":{},"service":"http://127.0.0.1:1","sources":[{"name":"branches.runbook","text":"account \"000099\"\nenvironment DEV\nlet prepare = table-to-table \"p\"\nlet export = table-to-storage \"e\"\nlet lasting = table-to-table \"l\"\n\nparallel {\n  step \"a\" { launch lasting }\n  step \"b\" { print \"b\" }\n}\nprint \"never\"\n"}],"startedAt":"2026-11-25T03:50:01.184038Z","today":"2026-11-25"}',NULL,1795578602237851,'{"at":"2026-11-25T03:50:02.237851Z","cost":{"awaits":0,"looks":0,"requests":{"byAction":{"get_last_status":3,"launch_job":1},"retries":0}},"exitStatus":5,"isResumable":true,"origins":[{"path":"/.5/parallel[0].0/step.0#0","textHash":"a100467f97ce72ca"},{"path":"/.5#0","textHash":"6416b09fcef621a9"}],"summary":"it is not known whether l was launched"}',1);
INSERT INTO executions VALUES(5,'20261125-035002-khfd',1795578602272446,'{"account":"000099","directory":"/BOOK","environment":"DEV, PROD","holder":{"host":"pump-3","process":22034,"processStart":"1f0c pid:[4026531836] 2174823","user":"ada"},"id":"20261125-035002-khfd","name":"guarded.runbook","parameters":{},"service":"http://127.0.0.1:1","sources":[{"name":"guarded.runbook","text":"account \"000099\"\nenvironment DEV\nlet prepare = table-to-table \"p\"\nlet export = table-to-storage \"e\"\nlet lasting = table-to-table \"l\"\n\nlaunch table-to-storage \"e\" in PROD\nprint \"never\"\n"}],"startedAt":"2026-11-25T03:50:02.272446Z","today":"2026-11-25"}',NULL,1795578602274676,'{"at":"2026-11-25T03:50:02.274676Z","cost":{"awaits":0,"looks":0,"requests":{"byAction":{},"retries":0}},"exitStatus":6,"isResumable":true,"origins":[],"summary":"nobody is there to be asked: “Launch e in PROD?”"}',1);
INSERT INTO executions VALUES(6,'20261125-035002-qmgx',1795578602300542,'{"account":"000099","directory":"/BOOK","environment":"DEV, PROD","holder":{"host":"pump-3","process":22043,"processStart":"1f0c pid:[4026531836] 2174826","user":"ada"},"id":"20261125-035002-qmgx","name":"answered.runbook","parameters":{},"service":"http://127.0.0.1:1","sources":[{"name":"answered.runbook","text":"account \"000099\"\nenvironment DEV\nlet prepare = table-to-table \"p\"\nlet export = table-to-storage \"e\"\nlet lasting = table-to-table \"l\"\n\nlaunch table-to-storage \"e\" in PROD\nprint \"never\"\n"}],"startedAt":"2026-11-25T03:50:02.300542Z","today":"2026-11-25"}',NULL,1795578603325696,'{"at":"2026-11-25T03:50:03.325696Z","cost":{"awaits":0,"looks":0,"requests":{"byAction":{"get_last_status":3,"launch_job":1},"retries":0}},"exitStatus":5,"isResumable":true,"origins":[{"path":"/.5#1","textHash":"91685e09eb892199"}],"summary":"it is not known whether e was launched"}',1);
INSERT INTO executions VALUES(7,'20261125-035003-qcxs',1795578603355683,'{"account":"000099","directory":"/BOOK","environment":"DEV","holder":{"host":"pump-3","process":22054,"processStart":"1f0c pid:[4026531836] 2174931","user":"ada"},"id":"20261125-035003-qcxs","name":"waiting.runbook","parameters":{},"service":"http://127.0.0.1:1","sources":[{"name":"waiting.runbook","text":"account \"000099\"\nenvironment DEV\nlet prepare = table-to-table \"p\"\nlet export = table-to-storage \"e\"\nlet lasting = table-to-table \"l\"\n\nlaunch export\nawait run every 100ms or fail\nwait until (last 5 runs of export where it.status == FAILED).count == 9 every 1s timeout 2s\nprint \"never\"\n"}],"startedAt":"2026-11-25T03:50:03.355683Z","today":"2026-11-25"}',NULL,1795578605697036,'{"at":"2026-11-25T03:50:05.697036Z","cost":{"awaits":1,"looks":4,"noticing":{"late":25306,"latest":25306,"median":25306},"requests":{"byAction":{"check_run_status":3,"get_last_status":5,"launch_job":1},"retries":0}},"exitStatus":4,"isResumable":true,"origins":[],"summary":"the condition did not hold within 2s"}',1);
CREATE TABLE leases (
  execution INTEGER PRIMARY KEY REFERENCES executions (number) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  holder TEXT,
  renewed_at INTEGER NOT NULL
) STRICT;
INSERT INTO leases VALUES(1,1,NULL,1795578599248780);
INSERT INTO leases VALUES(2,1,NULL,1795578599609870);
INSERT INTO leases VALUES(3,1,'{"host":"pump-3","process":22013,"processStart":"1f0c pid:[4026531836] 2174592","user":"ada"}',1795578599967850);
INSERT INTO leases VALUES(4,1,NULL,1795578601184080);
INSERT INTO leases VALUES(5,1,NULL,1795578602272479);
INSERT INTO leases VALUES(6,1,NULL,1795578602300580);
INSERT INTO leases VALUES(7,1,NULL,1795578603355722);
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
INSERT INTO effects VALUES(1,1,'/.5#0','4246168232fa1319','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"at":"2026-11-25T03:49:59.269443Z","baseline":[]}}',1795578599269456,'{"run":{"_0":{"id":"20261125-034959-910a2dec-8902-4cc1-beeb-8da1658eec67","jobID":"gbq-to-gbq|p_DEV","operation":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"}},"adopted":false}}',1795578599275381);
INSERT INTO effects VALUES(1,2,'/.6#0','f9b89020b4df843f','{"await":{"from":"2026-11-25T03:49:59.278291Z","operation":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"runID":"20261125-034959-910a2dec-8902-4cc1-beeb-8da1658eec67"}}',1795578599278338,'{"ended":{"_0":{"duration":300000,"id":"20261125-034959-910a2dec-8902-4cc1-beeb-8da1658eec67","jobID":"gbq-to-gbq|p_DEV","operation":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"started":"2026-11-25T03:49:59.262169Z","status":"SUCCESS","updated":"2026-11-25T03:49:59.562169Z"},"_1":{"looks":4,"noticedAfter":24643}}}',1795578599587133);
INSERT INTO effects VALUES(1,3,'/.7#0','19dcbd60465cfaec','{"print":{}}',1795578599588388,'{"done":{}}',1795578599588388);
INSERT INTO effects VALUES(2,1,'/.5#0','4246168232fa1319','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"at":"2026-11-25T03:49:59.618512Z","baseline":["20261125-034959-910a2dec-8902-4cc1-beeb-8da1658eec67"]}}',1795578599618519,'{"run":{"_0":{"id":"20261125-034959-f893a2ee-fb32-455e-b1c1-8690ee42c90b","jobID":"gbq-to-gbq|p_DEV","operation":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"}},"adopted":false}}',1795578599621893);
INSERT INTO effects VALUES(2,2,'/.6#0','f9b89020b4df843f','{"await":{"from":"2026-11-25T03:49:59.624301Z","operation":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"runID":"20261125-034959-f893a2ee-fb32-455e-b1c1-8690ee42c90b"}}',1795578599624320,'{"ended":{"_0":{"duration":300000,"id":"20261125-034959-f893a2ee-fb32-455e-b1c1-8690ee42c90b","jobID":"gbq-to-gbq|p_DEV","operation":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"started":"2026-11-25T03:49:59.609346Z","status":"SUCCESS","updated":"2026-11-25T03:49:59.909346Z"},"_1":{"looks":4,"noticedAfter":23996}}}',1795578599933859);
INSERT INTO effects VALUES(3,1,'/.5#0','4246168232fa1319','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"p_DEV","name":"p","type":"table-to-table"},"at":"2026-11-25T03:49:59.982764Z","baseline":["20261125-034959-f893a2ee-fb32-455e-b1c1-8690ee42c90b","20261125-034959-910a2dec-8902-4cc1-beeb-8da1658eec67"]}}',1795578599982773,NULL,NULL);
INSERT INTO effects VALUES(4,1,'/.5/parallel[1].0/step.0#0','405a206d6b0e49d2','{"print":{}}',1795578601186410,'{"done":{}}',1795578601186410);
INSERT INTO effects VALUES(4,2,'/.5/parallel[0].0/step.0#0','a100467f97ce72ca','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"l_DEV","name":"l","type":"table-to-table"},"at":"2026-11-25T03:50:01.21715Z","baseline":[]}}',1795578601217156,'{"failed":{"_0":{"attempts":1,"candidates":[],"kind":"unconfirmed","message":"it is not known whether l was launched","notes":["No new run of it has appeared in 1s.","Look at its runs. `resume` looks for it again; `resume --adopt RUN` goes on with the run that you say it was; `resume --launch-again` launches it again, once you know that it was none."]}}}',1795578602232837);
INSERT INTO effects VALUES(4,3,'/.5#0','6416b09fcef621a9','{"parallel":{}}',1795578602237030,'{"failed":{"_0":{"attempts":1,"candidates":[],"kind":"unconfirmed","message":"it is not known whether l was launched","notes":["No new run of it has appeared in 1s.","Look at its runs. `resume` looks for it again; `resume --adopt RUN` goes on with the run that you say it was; `resume --launch-again` launches it again, once you know that it was none."]}}}',1795578602237030);
INSERT INTO effects VALUES(6,1,'/.5#0','91685e09eb892199','{"ask":{"_0":"Launch e in PROD?"}}',1795578602302447,'{"answer":{"_0":{"by":"command line","isYes":true,"note":""}}}',1795578602302447);
INSERT INTO effects VALUES(6,2,'/.5#1','91685e09eb892199','{"launch":{"_0":{"account":"000099","environment":"PROD","id":"e","name":"e","type":"table-to-storage"},"at":"2026-11-25T03:50:02.318334Z","baseline":[]}}',1795578602318337,'{"failed":{"_0":{"attempts":1,"candidates":[],"kind":"unconfirmed","message":"it is not known whether e was launched","notes":["No new run of it has appeared in 1s.","Look at its runs. `resume` looks for it again; `resume --adopt RUN` goes on with the run that you say it was; `resume --launch-again` launches it again, once you know that it was none."]}}}',1795578603324102);
INSERT INTO effects VALUES(7,1,'/.5#0','78d69a3bccd78170','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"e","name":"e","type":"table-to-storage"},"at":"2026-11-25T03:50:03.370083Z","baseline":[]}}',1795578603370098,'{"run":{"_0":{"id":"20261125-035003-e099ec6c-d736-4ca5-85e7-bb0f12278575","jobID":"table-to-storage|table-to-storage|e","operation":{"account":"000099","environment":"DEV","id":"e","name":"e","type":"table-to-storage"}},"adopted":false}}',1795578603375010);
INSERT INTO effects VALUES(7,2,'/.6#0','f9b89020b4df843f','{"await":{"from":"2026-11-25T03:50:03.37702Z","operation":{"account":"000099","environment":"DEV","id":"e","name":"e","type":"table-to-storage"},"runID":"20261125-035003-e099ec6c-d736-4ca5-85e7-bb0f12278575"}}',1795578603377046,'{"ended":{"_0":{"duration":300000,"id":"20261125-035003-e099ec6c-d736-4ca5-85e7-bb0f12278575","jobID":"table-to-storage|table-to-storage|e","operation":{"account":"000099","environment":"DEV","id":"e","name":"e","type":"table-to-storage"},"started":"2026-11-25T03:50:03.362348Z","status":"SUCCESS","updated":"2026-11-25T03:50:03.662348Z"},"_1":{"looks":4,"noticedAfter":25306}}}',1795578603687957);
INSERT INTO effects VALUES(7,3,'/.7#0','66b6b9e8f6d931ef','{"now":{}}',1795578603689305,'{"moment":{"_0":"2026-11-25T03:50:03.689303Z"}}',1795578603689305);
INSERT INTO effects VALUES(7,4,'/.7[0]#0','66b6b9e8f6d931ef','{"list":{"_0":"last runs of table-to-storage \"e\" in DEV of \"000099\" limit 5"}}',1795578603691266,'{"runs":{"_0":[{"duration":300000,"id":"20261125-035003-e099ec6c-d736-4ca5-85e7-bb0f12278575","jobID":"table-to-storage|table-to-storage|e","operation":{"account":"000099","environment":"DEV","id":"e","name":"e","type":"table-to-storage"},"started":"2026-11-25T03:50:03.362348Z","status":"SUCCESS","updated":"2026-11-25T03:50:03.662348Z"}]}}',1795578603691266);
INSERT INTO effects VALUES(7,5,'/.7[0]#1','66b6b9e8f6d931ef','{"turn":{}}',1795578604692231,'{"moment":{"_0":"2026-11-25T03:50:04.691978Z"}}',1795578604692231);
INSERT INTO effects VALUES(7,6,'/.7[1]#0','66b6b9e8f6d931ef','{"list":{"_0":"last runs of table-to-storage \"e\" in DEV of \"000099\" limit 5"}}',1795578604694781,'{"runs":{"_0":[{"duration":300000,"id":"20261125-035003-e099ec6c-d736-4ca5-85e7-bb0f12278575","jobID":"table-to-storage|table-to-storage|e","operation":{"account":"000099","environment":"DEV","id":"e","name":"e","type":"table-to-storage"},"started":"2026-11-25T03:50:03.362348Z","status":"SUCCESS","updated":"2026-11-25T03:50:03.662348Z"}]}}',1795578604694781);
INSERT INTO effects VALUES(7,7,'/.7[1]#1','66b6b9e8f6d931ef','{"turn":{}}',1795578605689932,'{"moment":{"_0":"2026-11-25T03:50:05.689773Z"}}',1795578605689932);
INSERT INTO effects VALUES(7,8,'/.7[2]#0','66b6b9e8f6d931ef','{"list":{"_0":"last runs of table-to-storage \"e\" in DEV of \"000099\" limit 5"}}',1795578605694752,'{"runs":{"_0":[{"duration":300000,"id":"20261125-035003-e099ec6c-d736-4ca5-85e7-bb0f12278575","jobID":"table-to-storage|table-to-storage|e","operation":{"account":"000099","environment":"DEV","id":"e","name":"e","type":"table-to-storage"},"started":"2026-11-25T03:50:03.362348Z","status":"SUCCESS","updated":"2026-11-25T03:50:03.662348Z"}]}}',1795578605694752);
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
INSERT INTO operations VALUES(2,'000099','DEV','table-to-table','l_DEV','l');
INSERT INTO operations VALUES(3,'000099','PROD','table-to-storage','e','e');
INSERT INTO operations VALUES(4,'000099','DEV','table-to-storage','e','e');
CREATE TABLE owned_runs (
  operation INTEGER NOT NULL REFERENCES operations (number),
  run TEXT NOT NULL,
  execution INTEGER NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (operation, run)
) STRICT, WITHOUT ROWID;
INSERT INTO owned_runs VALUES(1,'20261125-034959-910a2dec-8902-4cc1-beeb-8da1658eec67',1,'/.5#0');
INSERT INTO owned_runs VALUES(1,'20261125-034959-f893a2ee-fb32-455e-b1c1-8690ee42c90b',2,'/.5#0');
INSERT INTO owned_runs VALUES(4,'20261125-035003-e099ec6c-d736-4ca5-85e7-bb0f12278575',7,'/.5#0');
CREATE TABLE launch_tickets (
  ticket INTEGER PRIMARY KEY AUTOINCREMENT,
  operation INTEGER NOT NULL REFERENCES operations (number),
  execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  path TEXT NOT NULL
) STRICT;
INSERT INTO launch_tickets VALUES(3,1,3,1,'/.5#0');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('executions',7);
INSERT INTO sqlite_sequence VALUES('launch_tickets',6);
CREATE INDEX launch_tickets_by_operation ON launch_tickets (operation, ticket);
COMMIT;
