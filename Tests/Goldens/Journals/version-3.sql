PRAGMA foreign_keys=OFF;
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
INSERT INTO executions VALUES(1,'20261128-134208-jjxk',1795873328120350,'{"account":"000099","directory":"/BOOK","environment":"DEV","holder":{"host":"ops1","process":7878,"processStart":"92fcdca7-d3dc-4f19-b926-dc91295b667a pid:[4026531836] 5727407","user":"ann"},"id":"20261128-134208-jjxk","name":"whole.runbook","parameters":{},"service":"http://127.0.0.1:1","settings":{"cap":16,"clockTolerance":5000000,"environments":["DEV","PREPROD","PROD","STAGING"],"timeout":86400000000,"visibilityDelay":180000000},"sources":[{"name":"whole.runbook","text":"account \"000099\"\nenvironment DEV\nstep \"all ''of'' it\" {\n  parallel max 2 {\n    step \"one\" { retry 3 times { launch table-to-table \"a\"; await run or fail } }\n    step \"two\" { for d in 2020-01-02 .. 2020-01-03 { print d } }\n  }\n  try { launch table-to-table \"b\"; await run timeout 100ms or fail } catch timeout { print \"late\" } finally { launch table-to-table \"c\" }\n}\n"}],"startedAt":"2026-11-28T13:42:08.12035Z","today":"2026-11-28"}',NULL,1795873333940659,'{"at":"2026-11-28T13:42:13.940659Z","cost":{"awaits":4,"looks":8,"noticing":{"late":1976920,"latest":1976920,"median":1865927},"requests":{"byAction":{"check_run_status":6,"get_last_status":7,"launch_job":5},"retries":0}},"exitStatus":0,"isResumable":false,"origins":[],"summary":"done"}',0);
INSERT INTO executions VALUES(2,'20261128-134213-zqzh',1795873333967931,'{"account":"000099","directory":"/BOOK","environment":"DEV","holder":{"host":"ops1","process":7888,"processStart":"92fcdca7-d3dc-4f19-b926-dc91295b667a pid:[4026531836] 5727992","user":"ann"},"id":"20261128-134213-zqzh","name":"refused.runbook","parameters":{},"service":"http://127.0.0.1:1","settings":{"cap":16,"clockTolerance":5000000,"environments":["DEV","PREPROD","PROD","STAGING"],"timeout":86400000000,"visibilityDelay":180000000},"sources":[{"name":"refused.runbook","text":"account \"000099\"\nenvironment DEV\ntry {\n  parallel {\n    step \"x\" {\n      launch table-to-table \"c\"\n      await run or fail\n      fail \"broken\"\n    }\n    step \"y\" { print \"y\" }\n  }\n} finally {\n  print \"undone\"\n  confirm \"on?\"\n}\nprint \"behind\"\n"}],"startedAt":"2026-11-28T13:42:13.967931Z","today":"2026-11-28"}',NULL,1795873335823926,'{"at":"2026-11-28T13:42:15.823926Z","cost":{"awaits":1,"looks":2,"noticing":{"late":1824358,"latest":1824358,"median":1824358},"requests":{"byAction":{"check_run_status":1,"get_last_status":2,"launch_job":1},"retries":0}},"exitStatus":7,"isResumable":true,"origins":[],"summary":"nobody is there to be asked: “on?”"}',1);
CREATE TABLE leases (
  execution INTEGER PRIMARY KEY REFERENCES executions (number) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  holder TEXT,
  renewed_at INTEGER NOT NULL
) STRICT;
INSERT INTO leases VALUES(1,1,NULL,1795873328120418);
INSERT INTO leases VALUES(2,1,NULL,1795873333967975);
CREATE TABLE operations (
  number INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  environment TEXT NOT NULL,
  type TEXT NOT NULL,
  configuration TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (account, environment, type, configuration)
) STRICT;
INSERT INTO operations VALUES(1,'000099','DEV','table-to-table','a_DEV','a');
INSERT INTO operations VALUES(2,'000099','DEV','table-to-table','b_DEV','b');
INSERT INTO operations VALUES(3,'000099','DEV','table-to-table','c_DEV','c');
CREATE TABLE effects (
  execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  path TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  generation INTEGER NOT NULL,
  standing INTEGER NOT NULL,
  place TEXT,
  intent TEXT NOT NULL,
  intended_at INTEGER NOT NULL,
  operation INTEGER REFERENCES operations (number),
  open_launch INTEGER,
  settles_at INTEGER,
  outcome TEXT,
  ended INTEGER,
  finished_at INTEGER, span INTEGER,
  PRIMARY KEY (execution, number)
) STRICT, WITHOUT ROWID;
INSERT INTO effects VALUES(1,7,'/.2/step.0/parallel[0].0/step.0/retry[0].0#0','e856a5510483d0e4',0,0,'{"line":5,"lower":106,"source":0,"upper":131}','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"at":"2026-11-28T13:42:08.140219Z","baseline":[]}}',1795873328140223,1,NULL,1795873553140219,'{"run":{"_0":{"id":"20261128-134208-910a2dec-8902-4cc1-beeb-8da1658eec67","jobID":"gbq-to-gbq|a_DEV","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"}},"adopted":false}}',20,1795873328144680,6);
INSERT INTO effects VALUES(1,11,'/.2/step.0/parallel[1].0/step.0/for[0].0#0','784a7d686d0413f4',0,0,'{"line":6,"lower":208,"source":0,"upper":215}','{"print":{}}',1795873328124404,NULL,NULL,NULL,'{"printed":{"_0":"2020-01-02"}}',12,1795873328124404,10);
INSERT INTO effects VALUES(1,15,'/.2/step.0/parallel[1].0/step.0/for[1].0#0','784a7d686d0413f4',0,0,'{"line":6,"lower":208,"source":0,"upper":215}','{"print":{}}',1795873328127801,NULL,NULL,NULL,'{"printed":{"_0":"2020-01-03"}}',16,1795873328127801,14);
INSERT INTO effects VALUES(1,21,'/.2/step.0/parallel[0].0/step.0/retry[0].1#0','35ace726afb6c6c3',0,0,'{"line":5,"lower":133,"source":0,"upper":150}','{"await":{"from":"2026-11-28T13:42:08.14662Z","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"runID":"20261128-134208-910a2dec-8902-4cc1-beeb-8da1658eec67"}}',1795873328146642,1,NULL,NULL,'{"ended":{"_0":{"duration":10000,"id":"20261128-134208-910a2dec-8902-4cc1-beeb-8da1658eec67","jobID":"gbq-to-gbq|a_DEV","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"started":"2026-11-28T13:42:08.139502Z","status":"FAILED","updated":"2026-11-28T13:42:08.149502Z"},"_1":{"looks":2,"noticedAfter":1865927}}}',22,1795873330015739,6);
INSERT INTO effects VALUES(1,25,'/.2/step.0/parallel[0].0/step.0/retry[1].0#0','e856a5510483d0e4',0,0,'{"line":5,"lower":106,"source":0,"upper":131}','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"at":"2026-11-28T13:42:10.018729Z","baseline":["20261128-134208-910a2dec-8902-4cc1-beeb-8da1658eec67"]}}',1795873330018746,1,NULL,1795873555018729,'{"run":{"_0":{"id":"20261128-134210-f893a2ee-fb32-455e-b1c1-8690ee42c90b","jobID":"gbq-to-gbq|a_DEV","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"}},"adopted":false}}',26,1795873330020839,24);
INSERT INTO effects VALUES(1,27,'/.2/step.0/parallel[0].0/step.0/retry[1].1#0','35ace726afb6c6c3',0,0,'{"line":5,"lower":133,"source":0,"upper":150}','{"await":{"from":"2026-11-28T13:42:10.0218Z","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"runID":"20261128-134210-f893a2ee-fb32-455e-b1c1-8690ee42c90b"}}',1795873330021807,1,NULL,NULL,'{"ended":{"_0":{"duration":10000,"id":"20261128-134210-f893a2ee-fb32-455e-b1c1-8690ee42c90b","jobID":"gbq-to-gbq|a_DEV","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"started":"2026-11-28T13:42:10.016127Z","status":"FAILED","updated":"2026-11-28T13:42:10.026127Z"},"_1":{"looks":2,"noticedAfter":1976920}}}',28,1795873332003088,24);
INSERT INTO effects VALUES(1,31,'/.2/step.0/parallel[0].0/step.0/retry[2].0#0','e856a5510483d0e4',0,0,'{"line":5,"lower":106,"source":0,"upper":131}','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"at":"2026-11-28T13:42:12.005637Z","baseline":["20261128-134210-f893a2ee-fb32-455e-b1c1-8690ee42c90b","20261128-134208-910a2dec-8902-4cc1-beeb-8da1658eec67"]}}',1795873332005639,1,NULL,1795873557005637,'{"run":{"_0":{"id":"20261128-134212-71bb54d8-d101-45b9-834d-0bff90150280","jobID":"gbq-to-gbq|a_DEV","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"}},"adopted":false}}',32,1795873332007801,30);
INSERT INTO effects VALUES(1,33,'/.2/step.0/parallel[0].0/step.0/retry[2].1#0','35ace726afb6c6c3',0,0,'{"line":5,"lower":133,"source":0,"upper":150}','{"await":{"from":"2026-11-28T13:42:12.008797Z","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"runID":"20261128-134212-71bb54d8-d101-45b9-834d-0bff90150280"}}',1795873332008804,1,NULL,NULL,'{"ended":{"_0":{"duration":10000,"id":"20261128-134212-71bb54d8-d101-45b9-834d-0bff90150280","jobID":"gbq-to-gbq|a_DEV","operation":{"account":"000099","environment":"DEV","id":"a_DEV","name":"a","type":"table-to-table"},"started":"2026-11-28T13:42:12.003005Z","status":"SUCCESS","updated":"2026-11-28T13:42:12.013005Z"},"_1":{"looks":2,"noticedAfter":1814354}}}',34,1795873333827419,30);
INSERT INTO effects VALUES(1,39,'/.2/step.1/try.0#0','e8533f510480edbb',0,0,'{"line":8,"lower":232,"source":0,"upper":257}','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"b_DEV","name":"b","type":"table-to-table"},"at":"2026-11-28T13:42:13.830336Z","baseline":[]}}',1795873333830338,2,NULL,1795873558830336,'{"run":{"_0":{"id":"20261128-134213-e099ec6c-d736-4ca5-85e7-bb0f12278575","jobID":"gbq-to-gbq|b_DEV","operation":{"account":"000099","environment":"DEV","id":"b_DEV","name":"b","type":"table-to-table"}},"adopted":false}}',40,1795873333832330,2);
INSERT INTO effects VALUES(1,41,'/.2/step.1/try.1#0','2ddbfad83afcdf0f',0,0,'{"line":8,"lower":259,"source":0,"upper":290}','{"await":{"from":"2026-11-28T13:42:13.833315Z","operation":{"account":"000099","environment":"DEV","id":"b_DEV","name":"b","type":"table-to-table"},"runID":"20261128-134213-e099ec6c-d736-4ca5-85e7-bb0f12278575"}}',1795873333833321,2,NULL,NULL,'{"failed":{"_0":{"attempts":1,"candidates":[],"cost":{"looks":2},"kind":"timeout","message":"run 20261128-134213-e099ec6c-d736-4ca5-85e7-bb0f12278575 took longer than 100ms","notes":["It was last seen RUNNING.","It goes on; only the waiting has ended."],"run":{"id":"20261128-134213-e099ec6c-d736-4ca5-85e7-bb0f12278575","jobID":"gbq-to-gbq|b_DEV","operation":{"account":"000099","environment":"DEV","id":"b_DEV","name":"b","type":"table-to-table"},"started":"2026-11-28T13:42:13.827591Z","status":"RUNNING","updated":"2026-11-28T13:42:13.827591Z"}}}}',42,1795873333935089,2);
INSERT INTO effects VALUES(1,44,'/.2/step.1/catch0.0#0','bec7589369153490',0,0,'{"line":8,"lower":309,"source":0,"upper":321}','{"print":{}}',1795873333936105,NULL,NULL,NULL,'{"printed":{"_0":"late"}}',45,1795873333936105,43);
INSERT INTO effects VALUES(1,48,'/.2/step.1/finally.0#0','e8501d51047e7e1e',0,0,'{"line":8,"lower":334,"source":0,"upper":359}','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"c_DEV","name":"c","type":"table-to-table"},"at":"2026-11-28T13:42:13.937725Z","baseline":[]}}',1795873333937726,3,NULL,1795873558937725,'{"run":{"_0":{"id":"20261128-134213-491718de-357e-4da8-8b43-5c8e74616796","jobID":"gbq-to-gbq|c_DEV","operation":{"account":"000099","environment":"DEV","id":"c_DEV","name":"c","type":"table-to-table"}},"adopted":false}}',49,1795873333939615,47);
INSERT INTO effects VALUES(2,6,'/.2/try.0/parallel[1].0/step.0#0','407f426d6b2d9fd5',0,0,'{"line":10,"lower":164,"source":0,"upper":173}','{"print":{}}',1795873333970859,NULL,NULL,NULL,'{"printed":{"_0":"y"}}',7,1795873333970859,5);
INSERT INTO effects VALUES(2,9,'/.2/try.0/parallel[0].0/step.0#0','e8501d51047e7e1e',0,0,'{"line":6,"lower":73,"source":0,"upper":98}','{"launch":{"_0":{"account":"000099","environment":"DEV","id":"c_DEV","name":"c","type":"table-to-table"},"at":"2026-11-28T13:42:13.984606Z","baseline":["20261128-134213-491718de-357e-4da8-8b43-5c8e74616796"]}}',1795873333984609,3,NULL,1795873558984606,'{"run":{"_0":{"id":"20261128-134213-6775dc77-0156-4f61-9afc-d44d14cf8bfe","jobID":"gbq-to-gbq|c_DEV","operation":{"account":"000099","environment":"DEV","id":"c_DEV","name":"c","type":"table-to-table"}},"adopted":false}}',12,1795873333991007,8);
INSERT INTO effects VALUES(2,13,'/.2/try.0/parallel[0].0/step.1#0','35ace726afb6c6c3',0,0,'{"line":7,"lower":105,"source":0,"upper":122}','{"await":{"from":"2026-11-28T13:42:13.992486Z","operation":{"account":"000099","environment":"DEV","id":"c_DEV","name":"c","type":"table-to-table"},"runID":"20261128-134213-6775dc77-0156-4f61-9afc-d44d14cf8bfe"}}',1795873333992517,3,NULL,NULL,'{"ended":{"_0":{"duration":10000,"id":"20261128-134213-6775dc77-0156-4f61-9afc-d44d14cf8bfe","jobID":"gbq-to-gbq|c_DEV","operation":{"account":"000099","environment":"DEV","id":"c_DEV","name":"c","type":"table-to-table"},"started":"2026-11-28T13:42:13.985789Z","status":"SUCCESS","updated":"2026-11-28T13:42:13.995789Z"},"_1":{"looks":2,"noticedAfter":1824358}}}',14,1795873335820461,8);
INSERT INTO effects VALUES(2,19,'/.2/finally.0#0','103d6c0f88aa8051',0,0,'{"line":13,"lower":194,"source":0,"upper":208}','{"print":{}}',1795873335821732,NULL,NULL,NULL,'{"printed":{"_0":"undone"}}',20,1795873335821732,18);
INSERT INTO effects VALUES(2,21,'/.2/finally.1#0','4f20dd4d15fdbe05',0,0,'{"line":14,"lower":211,"source":0,"upper":224}','{"ask":{"_0":"on?","purpose":"consent"}}',1795873335822641,NULL,NULL,NULL,NULL,NULL,NULL,18);
CREATE TABLE owned_runs (
  operation INTEGER NOT NULL REFERENCES operations (number),
  run TEXT NOT NULL,
  execution INTEGER NOT NULL,
  effect INTEGER,
  PRIMARY KEY (operation, run)
) STRICT, WITHOUT ROWID;
INSERT INTO owned_runs VALUES(1,'20261128-134208-910a2dec-8902-4cc1-beeb-8da1658eec67',1,7);
INSERT INTO owned_runs VALUES(1,'20261128-134210-f893a2ee-fb32-455e-b1c1-8690ee42c90b',1,25);
INSERT INTO owned_runs VALUES(1,'20261128-134212-71bb54d8-d101-45b9-834d-0bff90150280',1,31);
INSERT INTO owned_runs VALUES(2,'20261128-134213-e099ec6c-d736-4ca5-85e7-bb0f12278575',1,39);
INSERT INTO owned_runs VALUES(3,'20261128-134213-491718de-357e-4da8-8b43-5c8e74616796',1,48);
INSERT INTO owned_runs VALUES(3,'20261128-134213-6775dc77-0156-4f61-9afc-d44d14cf8bfe',2,9);
CREATE TABLE launch_tickets (
  ticket INTEGER PRIMARY KEY AUTOINCREMENT,
  operation INTEGER NOT NULL REFERENCES operations (number),
  execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  effect INTEGER NOT NULL
) STRICT;
CREATE TABLE lives (
  execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  life TEXT NOT NULL,
  PRIMARY KEY (execution, fence)
) STRICT, WITHOUT ROWID;
INSERT INTO lives VALUES(1,1,'{"began":"2026-11-28T13:42:08.120418Z","fence":1,"holder":{"host":"ops1","process":7878,"processStart":"92fcdca7-d3dc-4f19-b926-dc91295b667a pid:[4026531836] 5727407","user":"ann"},"leaving":"ended","left":"2026-11-28T13:42:13.940666Z"}');
INSERT INTO lives VALUES(2,1,'{"began":"2026-11-28T13:42:13.967975Z","fence":1,"holder":{"host":"ops1","process":7888,"processStart":"92fcdca7-d3dc-4f19-b926-dc91295b667a pid:[4026531836] 5727992","user":"ann"},"leaving":"ended","left":"2026-11-28T13:42:15.823928Z"}');
CREATE TABLE spans (
  execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  span TEXT NOT NULL,
  PRIMARY KEY (execution, number)
) STRICT, WITHOUT ROWID;
INSERT INTO spans VALUES(1,1,'{"beganAt":"2026-11-28T13:42:08.123015Z","causes":[],"ended":52,"endedAt":"2026-11-28T13:42:13.940527Z","ending":{"completed":{}},"generation":0,"kind":"execution","number":1,"path":"/","title":""}');
INSERT INTO spans VALUES(1,2,'{"beganAt":"2026-11-28T13:42:08.123015Z","causes":[],"ended":51,"endedAt":"2026-11-28T13:42:13.940517Z","ending":{"completed":{}},"generation":0,"kind":"step","number":2,"parent":1,"path":"/.2/step","title":"all ''of'' it"}');
INSERT INTO spans VALUES(1,3,'{"beganAt":"2026-11-28T13:42:08.123015Z","causes":[],"ended":38,"endedAt":"2026-11-28T13:42:13.828756Z","ending":{"completed":{}},"generation":0,"kind":"parallel","number":3,"parent":2,"path":"/.2/step.0/parallel","title":""}');
INSERT INTO spans VALUES(1,4,'{"beganAt":"2026-11-28T13:42:08.123015Z","causes":[],"ended":37,"endedAt":"2026-11-28T13:42:13.828726Z","ending":{"completed":{}},"generation":0,"kind":"branch","number":4,"parent":3,"path":"/.2/step.0/parallel[0]","title":""}');
INSERT INTO spans VALUES(1,5,'{"beganAt":"2026-11-28T13:42:08.123202Z","causes":[],"ended":36,"endedAt":"2026-11-28T13:42:13.828701Z","ending":{"completed":{}},"generation":0,"kind":"step","number":5,"parent":4,"path":"/.2/step.0/parallel[0].0/step","title":"one"}');
INSERT INTO spans VALUES(1,6,'{"beganAt":"2026-11-28T13:42:08.123202Z","causes":[],"ended":23,"endedAt":"2026-11-28T13:42:10.017002Z","ending":{"failed":{"_0":{"attempts":1,"candidates":[],"kind":"failed","message":"the outcome is FAILED, and not SUCCESS","notes":["Run 20261128-134208-910a2dec-8902-4cc1-beeb-8da1658eec67 ended FAILED."]},"causes":[]}},"generation":0,"kind":"attempt","number":6,"parent":5,"path":"/.2/step.0/parallel[0].0/step.0/retry[0]","title":"attempt 1 of 3"}');
INSERT INTO spans VALUES(1,8,'{"beganAt":"2026-11-28T13:42:08.124313Z","causes":[],"ended":19,"endedAt":"2026-11-28T13:42:08.12845Z","ending":{"completed":{}},"generation":0,"kind":"branch","number":8,"parent":3,"path":"/.2/step.0/parallel[1]","title":""}');
INSERT INTO spans VALUES(1,9,'{"beganAt":"2026-11-28T13:42:08.124392Z","causes":[],"ended":18,"endedAt":"2026-11-28T13:42:08.128431Z","ending":{"completed":{}},"generation":0,"kind":"step","number":9,"parent":8,"path":"/.2/step.0/parallel[1].0/step","title":"two"}');
INSERT INTO spans VALUES(1,10,'{"beganAt":"2026-11-28T13:42:08.124392Z","causes":[],"ended":13,"endedAt":"2026-11-28T13:42:08.127622Z","ending":{"completed":{}},"generation":0,"kind":"round","number":10,"parent":9,"path":"/.2/step.0/parallel[1].0/step.0/for[0]","title":"d = 2020-01-02"}');
INSERT INTO spans VALUES(1,14,'{"beganAt":"2026-11-28T13:42:08.127772Z","causes":[],"ended":17,"endedAt":"2026-11-28T13:42:08.128425Z","ending":{"completed":{}},"generation":0,"kind":"round","number":14,"parent":9,"path":"/.2/step.0/parallel[1].0/step.0/for[1]","title":"d = 2020-01-03"}');
INSERT INTO spans VALUES(1,24,'{"beganAt":"2026-11-28T13:42:10.017044Z","causes":[23],"ended":29,"endedAt":"2026-11-28T13:42:12.004185Z","ending":{"failed":{"_0":{"attempts":1,"candidates":[],"kind":"failed","message":"the outcome is FAILED, and not SUCCESS","notes":["Run 20261128-134210-f893a2ee-fb32-455e-b1c1-8690ee42c90b ended FAILED."]},"causes":[]}},"generation":0,"kind":"attempt","number":24,"parent":5,"path":"/.2/step.0/parallel[0].0/step.0/retry[1]","title":"attempt 2 of 3"}');
INSERT INTO spans VALUES(1,30,'{"beganAt":"2026-11-28T13:42:12.004213Z","causes":[29],"ended":35,"endedAt":"2026-11-28T13:42:13.828688Z","ending":{"completed":{}},"generation":0,"kind":"attempt","number":30,"parent":5,"path":"/.2/step.0/parallel[0].0/step.0/retry[2]","title":"attempt 3 of 3"}');
INSERT INTO spans VALUES(1,43,'{"beganAt":"2026-11-28T13:42:13.93601Z","causes":[42],"ended":46,"endedAt":"2026-11-28T13:42:13.936313Z","ending":{"completed":{}},"generation":0,"kind":"catch","number":43,"parent":2,"path":"/.2/step.1/catch0","title":"timeout"}');
INSERT INTO spans VALUES(1,47,'{"beganAt":"2026-11-28T13:42:13.936327Z","causes":[],"ended":50,"endedAt":"2026-11-28T13:42:13.940505Z","ending":{"completed":{}},"generation":0,"kind":"finally","number":47,"parent":2,"path":"/.2/step.1/finally","title":"`finally` on line 8"}');
INSERT INTO spans VALUES(2,1,'{"beganAt":"2026-11-28T13:42:13.970379Z","causes":[],"generation":0,"kind":"execution","number":1,"path":"/","title":""}');
INSERT INTO spans VALUES(2,2,'{"beganAt":"2026-11-28T13:42:13.970379Z","causes":[],"ended":17,"endedAt":"2026-11-28T13:42:15.821667Z","ending":{"failed":{"_0":{"attempts":1,"candidates":[],"kind":"failed","message":"broken","notes":[]},"causes":[15,16]}},"generation":0,"halt":{"number":16,"reason":"failure"},"kind":"parallel","number":2,"parent":1,"path":"/.2/try.0/parallel","title":""}');
INSERT INTO spans VALUES(2,3,'{"beganAt":"2026-11-28T13:42:13.970379Z","causes":[],"ended":16,"endedAt":"2026-11-28T13:42:15.82162Z","ending":{"failed":{"_0":{"attempts":1,"candidates":[],"kind":"failed","message":"broken","notes":[]},"causes":[15]}},"generation":0,"kind":"branch","number":3,"parent":2,"path":"/.2/try.0/parallel[0]","title":""}');
INSERT INTO spans VALUES(2,4,'{"beganAt":"2026-11-28T13:42:13.970685Z","causes":[],"ended":11,"endedAt":"2026-11-28T13:42:13.974468Z","ending":{"completed":{}},"generation":0,"kind":"branch","number":4,"parent":2,"path":"/.2/try.0/parallel[1]","title":""}');
INSERT INTO spans VALUES(2,5,'{"beganAt":"2026-11-28T13:42:13.970838Z","causes":[],"ended":10,"endedAt":"2026-11-28T13:42:13.974412Z","ending":{"completed":{}},"generation":0,"kind":"step","number":5,"parent":4,"path":"/.2/try.0/parallel[1].0/step","title":"y"}');
INSERT INTO spans VALUES(2,8,'{"beganAt":"2026-11-28T13:42:13.973575Z","causes":[],"ended":15,"endedAt":"2026-11-28T13:42:15.821597Z","ending":{"failed":{"_0":{"attempts":1,"candidates":[],"kind":"failed","message":"broken","notes":[]},"causes":[]}},"generation":0,"kind":"step","number":8,"parent":3,"path":"/.2/try.0/parallel[0].0/step","title":"x"}');
INSERT INTO spans VALUES(2,18,'{"beganAt":"2026-11-28T13:42:15.821688Z","causes":[15,16,17],"generation":0,"kind":"finally","number":18,"parent":1,"path":"/.2/finally","title":"`finally` on line 12"}');
CREATE TABLE answers (
  execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
  question INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (execution, question, generation)
) STRICT, WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('executions',2);
INSERT INTO sqlite_sequence VALUES('launch_tickets',6);
CREATE INDEX effects_by_open_launch ON effects (operation) WHERE open_launch IS NOT NULL;
CREATE INDEX launch_tickets_by_operation ON launch_tickets (operation, ticket);
COMMIT;
PRAGMA user_version=3;
