-- Rubicon's role has created them; the application, and Prisma, connect as the owner of the other tables.
DO $$
DECLARE
    made text;
BEGIN
    FOREACH made IN ARRAY ARRAY['thread_members', '_prisma_migrations'] LOOP
        EXECUTE format('ALTER TABLE public.%I OWNER TO %I', made,
                       (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.users'::regclass));
    END LOOP;
END
$$;
