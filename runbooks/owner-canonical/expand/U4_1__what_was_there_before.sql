-- Nothing to undo: the undos of V1.1, V1.5, V1.6 and V1.11 take the columns and the rows.
SELECT 1;
