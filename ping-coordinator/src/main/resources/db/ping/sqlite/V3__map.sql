-- The map looks every second for what changed since its last look.
CREATE INDEX task_by_change ON task (updated_at, task_index);
