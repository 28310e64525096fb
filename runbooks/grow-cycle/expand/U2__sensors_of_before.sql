-- Nothing to undo: U1 drops the table.
SELECT 1;
