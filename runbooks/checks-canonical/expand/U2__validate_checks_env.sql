-- Nothing to undo: U1 drops the constraint.
SELECT 1;
