package dev.rubicon.e2e;

import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.Standby;
import dev.rubicon.stack.TcpGate;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.Roles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A server with targets and its standby, behind one address that moves with a promotion. */
final class Pair implements AutoCloseable {
  final LocalPostgres primary;
  final Standby standby;
  final TcpGate address;
  private final List<String> targets;

  private Pair(LocalPostgres primary, Standby standby, TcpGate address, List<String> targets) {
    this.primary = primary;
    this.standby = standby;
    this.address = address;
    this.targets = targets;
  }

  static Pair start(EmbeddedStack stack, Path folder, List<String> targets) {
    LocalPostgres primary =
        LocalPostgres.start(LocalPostgres.Options.in(folder.resolve("primary")));
    var roles = new Roles(primary);
    roles.role(CaseSite.OWNER, stack.secret(CaseSite.OWNER), "");
    roles.role(stack.user(), stack.secret(stack.user()), "");
    roles.grant(CaseSite.OWNER, stack.user());
    targets.forEach(target -> roles.database(target, CaseSite.OWNER));
    Standby standby = Standby.of(primary, folder.resolve("standby"), Map.of());
    return new Pair(primary, standby, TcpGate.before(primary.port()), targets);
  }

  /** {@code rubicon.yaml} with the targets at the pair's address. */
  String config(EmbeddedStack stack, String text) {
    String moved = text;
    for (String target : targets) {
      moved =
          moved.replace(
              stack.postgres().jdbcUrl(target),
              "jdbc:postgresql://127.0.0.1:" + address.port() + "/" + target);
    }
    return moved;
  }

  void serve(CaseSite site) {
    targets.forEach(target -> site.lies(target, primary));
  }

  /** The primary is lost, the standby takes its place and its address. */
  void failOver(CaseSite site) {
    primary.crash();
    standby.promote();
    targets.forEach(target -> site.lies(target, standby.server()));
    address.leadTo(standby.server().port());
  }

  @Override
  public void close() {
    address.close();
    standby.close();
    primary.discard();
  }
}
