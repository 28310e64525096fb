-- Nothing to undo: the undos of V1.3, V1.4 and V1.11 take the columns and the rows.
SELECT 1;
