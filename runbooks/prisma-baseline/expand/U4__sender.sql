ALTER TABLE public.messages DROP CONSTRAINT IF EXISTS messages_sender_id_fkey;
