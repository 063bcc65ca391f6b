-- Up Migration

-- What a provider was asked under the key: with it a step can be compensated by somebody who has nothing but the key, when the
-- workflow that knew the request is gone.
alter table sagaline.effects add column request jsonb;

-- All steps of one process, by the beginning of their keys.
create index effects_by_process on sagaline.effects (key text_pattern_ops);
