CREATE TABLE public.app_users (
    id            uuid CONSTRAINT app_users_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    email         varchar(320) NOT NULL,
    plan          varchar(16) NOT NULL DEFAULT 'beta',
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_login_at timestamptz
);
CREATE UNIQUE INDEX ux_app_users_email ON public.app_users (lower(email));
CREATE TABLE public.user_profiles (
    user_id   uuid CONSTRAINT user_profiles_pkey PRIMARY KEY,
    full_name text
);
