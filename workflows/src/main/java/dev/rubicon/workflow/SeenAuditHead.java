package dev.rubicon.workflow;

import dev.rubicon.rollout.AuditHead;

/** What the execution last saw of the audit trail. */
final class SeenAuditHead {
  private AuditHead last = AuditHead.NONE;

  AuditHead last() {
    return last;
  }

  void saw(AuditHead entry) {
    if (entry.sequence() > 0) {
      last = entry;
    }
  }
}
