-- Nothing to undo: the undos of V1.1 and V1.3 to V1.7 take the constraints with their columns.
SELECT 1;
