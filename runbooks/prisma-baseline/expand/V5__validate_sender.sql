-- A transaction of its own: the scan holds SHARE UPDATE EXCLUSIVE only, and clients go on.
ALTER TABLE public.messages VALIDATE CONSTRAINT messages_sender_id_fkey;
