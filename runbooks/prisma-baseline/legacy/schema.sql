-- A chat backend's database that grew by hand: no migration tool ever saw it. thread_members never came, call_logs
-- did; restored rows left two sequences behind; names are unique by the application's word alone.
CREATE TABLE public.users (
    id         serial PRIMARY KEY,
    username   text NOT NULL,
    email      text NOT NULL,
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE public.threads (
    id         serial PRIMARY KEY,
    title      text,
    created_by integer NOT NULL REFERENCES public.users (id),
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE public.messages (
    id         bigserial PRIMARY KEY,
    thread_id  integer NOT NULL REFERENCES public.threads (id),
    sender_id  integer NOT NULL,
    body       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE public.call_logs (
    id               serial PRIMARY KEY,
    caller_id        integer NOT NULL REFERENCES public.users (id),
    callee_id        integer NOT NULL REFERENCES public.users (id),
    started_at       timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    duration_seconds integer,
    status           text NOT NULL DEFAULT 'missed'
);

-- Prisma's models do not know it: a generated baseline would drop it.
CREATE TABLE public.session_store (
    sid    text PRIMARY KEY,
    sess   jsonb NOT NULL,
    expire timestamptz NOT NULL
);
