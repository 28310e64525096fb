-- Nothing to undo: U4 drops the constraint.
SELECT 1;
