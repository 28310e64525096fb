CREATE TABLE public.app_users_next (
    id            uuid CONSTRAINT app_users_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    email         varchar(320) NOT NULL,
    full_name     text,
    plan          varchar(16) NOT NULL DEFAULT 'beta',
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_login_at timestamptz
);
CREATE UNIQUE INDEX ux_app_users_email ON public.app_users_next (lower(email));
