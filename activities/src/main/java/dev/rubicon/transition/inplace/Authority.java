package dev.rubicon.transition.inplace;

/** Which side wins where one client sets both sides to values that contradict. */
public enum Authority {
  /** Before the cutover: both sides stay as the client wrote them. */
  LEGACY,
  /** From the cutover on: canonical wins, legacy is what {@code down} gives. */
  CANONICAL
}
