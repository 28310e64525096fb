package dev.rubicon.bench;

import java.util.List;
import java.util.stream.IntStream;

/** One row of the table: several ways to do the same work on the same data, measured in turn. */
public interface Benchmark {
  /** As {@code bench/run NAME} takes it. */
  String name();

  /** What is done, and on what, in a sentence. */
  String what();

  /** The ways, in the order in which they take turns. */
  List<Way> ways(World world, int size);

  List<Aim> aims();

  /** What the sizes count. */
  default String of() {
    return "rows";
  }

  /** The sizes of a run, for those that the caller asks for. */
  default IntStream sizes(Scale scale) {
    return scale.rows();
  }
}
