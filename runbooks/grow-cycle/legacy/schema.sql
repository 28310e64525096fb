-- A greenhouse's database as Laravel's migrations left it: telemetry by zone, node and metric, pointers by index, one
-- table that a later model was to replace. Names and columns are written to fit all that DB_FIX_PLAN says.
CREATE TABLE public.migrations (
    id        serial PRIMARY KEY,
    migration varchar(255) NOT NULL,
    batch     integer NOT NULL
);

CREATE TABLE public.zones (
    id         bigserial PRIMARY KEY,
    name       varchar(255) NOT NULL,
    -- The other half of "one zone, one node", which nothing keeps in step with nodes.zone_id.
    node_id    bigint,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.nodes (
    id           bigserial PRIMARY KEY,
    uid          varchar(64) NOT NULL CONSTRAINT nodes_uid_unique UNIQUE,
    zone_id      bigint CONSTRAINT nodes_zone_id_foreign REFERENCES public.zones (id),
    type         varchar(32) NOT NULL DEFAULT 'unknown',
    last_seen_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX nodes_zone_id_index ON public.nodes (zone_id);

CREATE TABLE public.telemetry_samples (
    id          bigserial PRIMARY KEY,
    zone_id     bigint NOT NULL CONSTRAINT telemetry_samples_zone_id_foreign REFERENCES public.zones (id),
    node_id     bigint,
    metric_type varchar(64) NOT NULL,
    channel     varchar(64),
    value       double precision,
    raw         jsonb,
    ts          timestamp NOT NULL
);
CREATE INDEX telemetry_samples_zone_metric_ts_index ON public.telemetry_samples (zone_id, metric_type, ts);
CREATE INDEX telemetry_samples_ts_index ON public.telemetry_samples (ts);

CREATE VIEW public.telemetry_raw AS
SELECT id, zone_id, node_id, metric_type, channel, value, raw, ts FROM public.telemetry_samples;

-- Four columns for a key: 0 is no node, '' no channel.
CREATE TABLE public.telemetry_last (
    zone_id     bigint NOT NULL CONSTRAINT telemetry_last_zone_id_foreign REFERENCES public.zones (id),
    node_id     bigint NOT NULL DEFAULT 0,
    metric_type varchar(64) NOT NULL,
    channel     varchar(64) NOT NULL DEFAULT '',
    value       double precision,
    updated_at  timestamp NOT NULL,
    PRIMARY KEY (zone_id, node_id, metric_type, channel)
);

CREATE TABLE public.telemetry_agg_1m (
    id           bigserial PRIMARY KEY,
    zone_id      bigint NOT NULL,
    node_id      bigint,
    metric_type  varchar(64) NOT NULL,
    channel      varchar(64),
    value_avg    double precision,
    value_min    double precision,
    value_max    double precision,
    sample_count integer NOT NULL DEFAULT 0,
    ts           timestamptz NOT NULL
);
CREATE INDEX telemetry_agg_1m_zone_metric_ts_index ON public.telemetry_agg_1m (zone_id, metric_type, ts);

CREATE TABLE public.telemetry_agg_1h (
    id           bigserial PRIMARY KEY,
    zone_id      bigint NOT NULL,
    node_id      bigint,
    metric_type  varchar(64) NOT NULL,
    channel      varchar(64),
    value_avg    double precision,
    value_min    double precision,
    value_max    double precision,
    sample_count integer NOT NULL DEFAULT 0,
    ts           timestamptz NOT NULL
);
CREATE INDEX telemetry_agg_1h_zone_metric_ts_index ON public.telemetry_agg_1h (zone_id, metric_type, ts);

CREATE TABLE public.telemetry_agg_daily (
    id           bigserial PRIMARY KEY,
    zone_id      bigint NOT NULL,
    node_id      bigint,
    metric_type  varchar(64) NOT NULL,
    channel      varchar(64),
    value_avg    double precision,
    value_min    double precision,
    value_max    double precision,
    sample_count integer NOT NULL DEFAULT 0,
    date         date NOT NULL
);
CREATE INDEX telemetry_agg_daily_zone_metric_date_index ON public.telemetry_agg_daily (zone_id, metric_type, date);

CREATE TABLE public.commands (
    id         bigserial PRIMARY KEY,
    zone_id    bigint CONSTRAINT commands_zone_id_foreign REFERENCES public.zones (id),
    node_id    bigint CONSTRAINT commands_node_id_foreign REFERENCES public.nodes (id),
    channel    varchar(64),
    cmd        varchar(64) NOT NULL,
    params     jsonb,
    status     varchar(32) NOT NULL DEFAULT 'QUEUED'
               CONSTRAINT commands_status_check CHECK (status::text IN ('QUEUED', 'SENT', 'ACK', 'DONE', 'FAILED')),
    cmd_id     varchar(64) NOT NULL CONSTRAINT commands_cmd_id_unique UNIQUE,
    sent_at    timestamptz,
    ack_at     timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX commands_zone_status_index ON public.commands (zone_id, status);
CREATE INDEX commands_created_at_index ON public.commands (created_at);

CREATE TABLE public.zone_events (
    id         bigserial PRIMARY KEY,
    zone_id    bigint NOT NULL CONSTRAINT zone_events_zone_id_foreign REFERENCES public.zones (id),
    type       varchar(64) NOT NULL,
    details    jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX zone_events_zone_created_index ON public.zone_events (zone_id, created_at);
CREATE INDEX zone_events_type_index ON public.zone_events (type);

CREATE TABLE public.recipes (
    id   bigserial PRIMARY KEY,
    name varchar(255) NOT NULL
);

CREATE TABLE public.recipe_revisions (
    id              bigserial PRIMARY KEY,
    recipe_id       bigint NOT NULL CONSTRAINT recipe_revisions_recipe_id_foreign REFERENCES public.recipes (id),
    revision_number integer NOT NULL,
    published_at    timestamptz NOT NULL,
    CONSTRAINT recipe_revisions_number_unique UNIQUE (recipe_id, revision_number)
);

CREATE TABLE public.phases (
    id                 bigserial PRIMARY KEY,
    recipe_revision_id bigint NOT NULL
                       CONSTRAINT phases_recipe_revision_id_foreign REFERENCES public.recipe_revisions (id),
    phase_index        integer NOT NULL,
    name               varchar(255) NOT NULL,
    CONSTRAINT phases_index_unique UNIQUE (recipe_revision_id, phase_index)
);

CREATE TABLE public.steps (
    id         bigserial PRIMARY KEY,
    phase_id   bigint NOT NULL CONSTRAINT steps_phase_id_foreign REFERENCES public.phases (id),
    step_index integer NOT NULL,
    action     varchar(255) NOT NULL,
    CONSTRAINT steps_index_unique UNIQUE (phase_id, step_index)
);

-- What ran in a zone before there were grow cycles. The old build still writes it.
CREATE TABLE public.zone_recipe_instances (
    id                  bigserial PRIMARY KEY,
    zone_id             bigint NOT NULL CONSTRAINT zone_recipe_instances_zone_id_foreign REFERENCES public.zones (id),
    recipe_id           bigint NOT NULL
                        CONSTRAINT zone_recipe_instances_recipe_id_foreign REFERENCES public.recipes (id),
    current_phase_index integer NOT NULL DEFAULT 0,
    started_at          timestamptz NOT NULL
);

CREATE TABLE public.grow_cycles (
    id                      bigserial PRIMARY KEY,
    zone_id                 bigint NOT NULL CONSTRAINT grow_cycles_zone_id_foreign REFERENCES public.zones (id),
    recipe_id               bigint NOT NULL CONSTRAINT grow_cycles_recipe_id_foreign REFERENCES public.recipes (id),
    zone_recipe_instance_id bigint
                            CONSTRAINT grow_cycles_instance_foreign REFERENCES public.zone_recipe_instances (id),
    status                  varchar(32) NOT NULL DEFAULT 'PLANNED',
    current_phase_index     integer NOT NULL DEFAULT 0,
    current_step_index      integer NOT NULL DEFAULT 0,
    notes                   text,
    started_at              timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX grow_cycles_zone_status_index ON public.grow_cycles (zone_id, status);

CREATE VIEW public.zone_active_recipes AS
SELECT z.id AS zone_id, r.name AS recipe, i.current_phase_index
  FROM public.zones z JOIN public.zone_recipe_instances i ON i.zone_id = z.id JOIN public.recipes r ON r.id = i.recipe_id;
