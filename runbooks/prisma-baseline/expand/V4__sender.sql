-- Binds new rows at once; no row is read.
ALTER TABLE public.messages
    ADD CONSTRAINT messages_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES public.users (id) NOT VALID;
