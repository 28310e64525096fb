-- Nothing to undo: U1 and U2 drop the tables.
SELECT 1;
