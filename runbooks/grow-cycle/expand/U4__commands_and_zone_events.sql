DROP TABLE public.zone_events_next;
DROP TABLE public.commands_next;
