-- The bootstrap file's table that is missing here; call_logs is there and stays as it is.
CREATE TABLE public.thread_members (
    thread_id integer NOT NULL REFERENCES public.threads (id) ON DELETE CASCADE,
    user_id   integer NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    role      text NOT NULL DEFAULT 'member',
    joined_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (thread_id, user_id)
);
CREATE INDEX thread_members_user_id_idx ON public.thread_members (user_id);
