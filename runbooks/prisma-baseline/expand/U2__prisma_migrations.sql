DROP TABLE IF EXISTS public._prisma_migrations;
