-- Nothing to undo: U1 takes the columns and the rows.
SELECT 1;
