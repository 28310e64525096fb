-- irreversible: an enum value cannot be removed
ALTER TYPE public.mood ADD VALUE 'good';
