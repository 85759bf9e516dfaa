CREATE TABLE kinds (id INTEGER PRIMARY KEY, text TEXT, whole INTEGER, fraction REAL, bytes BLOB, flag INTEGER);
