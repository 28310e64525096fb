package dev.rubicon.demo.chat.client;

import dev.rubicon.demo.app.client.Side;
import java.util.List;

/**
 * What a backend writes. Statements read {@code v (name, value, id)}; the row's key is what its
 * sequence gave it, and the value shows which write it holds.
 *
 * @param table whose keys these are
 * @param insert of a new row, returning its key
 * @param update of a row, returning its key
 * @param read key and value of the rows of these keys
 */
record Operation(String table, String insert, String update, String read) {
  private static final String EVEN = "(v.value::bigint % 2 = 0)";
  private static final String STATUS = "CASE WHEN " + EVEN + " THEN 'ACTIVE' ELSE 'DISABLED' END";

  /** Also shows a row whose two sides contradict each other, or its value. */
  private static final String READ_USER =
      """
      SELECT id, CASE WHEN status = CASE WHEN email::bigint % 2 = 0 THEN 'ACTIVE' ELSE 'DISABLED' END
                       AND coalesce((to_jsonb(u) ->> 'is_active')::boolean, status = 'ACTIVE') = (status = 'ACTIVE')
                      THEN email ELSE 'torn' END
        FROM public.users u WHERE id = ANY (?)\
      """;

  private static final Operation USER_BEFORE =
      new Operation(
          "users",
          "INSERT INTO public.users (username, email, is_active) SELECT name, value, "
              + EVEN
              + " FROM v RETURNING id",
          "UPDATE public.users t SET email = v.value, is_active = "
              + EVEN
              + " FROM v WHERE t.id = v.id RETURNING t.id",
          READ_USER);

  private static final Operation USER =
      new Operation(
          "users",
          "INSERT INTO public.users (username, email, status) SELECT name, value, "
              + STATUS
              + " FROM v RETURNING id",
          "UPDATE public.users t SET email = v.value, status = "
              + STATUS
              + " FROM v WHERE t.id = v.id RETURNING t.id",
          READ_USER);

  private static final Operation MESSAGE =
      new Operation(
          "messages",
          "INSERT INTO public.messages (thread_id, sender_id, body) SELECT 1, 1, value FROM v"
              + " RETURNING id",
          "UPDATE public.messages t SET body = v.value FROM v WHERE t.id = v.id RETURNING t.id",
          "SELECT id, body FROM public.messages WHERE id = ANY (?)");

  private static final Operation CALL =
      new Operation(
          "call_logs",
          "INSERT INTO public.call_logs (caller_id, callee_id, duration_seconds)"
              + " SELECT 1, 2, value::integer FROM v RETURNING id",
          "UPDATE public.call_logs t SET duration_seconds = v.value::integer, status = 'ended'"
              + " FROM v WHERE t.id = v.id RETURNING t.id",
          "SELECT id, duration_seconds::text FROM public.call_logs WHERE id = ANY (?)");

  private static final Operation MEMBER =
      new Operation(
          "thread_members",
          ", u AS (INSERT INTO public.users (username, email, status)"
              + " SELECT name, name, 'ACTIVE' FROM v RETURNING id)"
              + " INSERT INTO public.thread_members (thread_id, user_id, role)"
              + " SELECT 2, u.id, v.value FROM u, v RETURNING user_id",
          "UPDATE public.thread_members t SET role = v.value FROM v"
              + " WHERE t.thread_id = 2 AND t.user_id = v.id RETURNING t.user_id",
          "SELECT user_id, role FROM public.thread_members WHERE thread_id = 2 AND user_id = ANY"
              + " (?)");

  /** All that a version of the backend does. */
  static List<Operation> of(Side side) {
    return side == Side.OLD
        ? List.of(USER_BEFORE, MESSAGE, CALL)
        : List.of(USER, MESSAGE, CALL, MEMBER);
  }
}
