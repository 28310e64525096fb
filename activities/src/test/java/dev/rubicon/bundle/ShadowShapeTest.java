package dev.rubicon.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.PartOf;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a runbook with shadows says wrong, told at its place. */
class ShadowShapeTest {
  private static final String HEAD =
      """
      rubicon: 1
      name: shadows
      title: Shadows
      canonical: {sql: [canonical.sql]}
      transitions:
      """;
  private static final String SPLIT =
      """
        - relation: public.users
          kind: shadow
          to: public.app_users
        - relation: public.users
          kind: shadow
          to: public.profiles
          rows: bio IS NOT NULL
          part-of: legacy
      """;

  private static Path runbook(Path folder, String transitions) {
    Samples.write(folder, "canonical.sql", "SELECT 1;");
    Samples.write(folder, "runbook.yaml", HEAD + transitions);
    return folder;
  }

  @Test
  void aSplitIsRead(@TempDir Path folder) {
    assertThat(RunbookReader.problems(runbook(folder, SPLIT))).isEmpty();
    var second = RunbookReader.read(folder).runbook().transitions().getLast().shadow().get();
    assertThat(second.rows()).contains("bio IS NOT NULL");
    assertThat(second.partOf()).isEqualTo(PartOf.LEGACY);
  }

  static Stream<List<String>> wrong() {
    return Stream.of(
        List.of(SPLIT.replace("kind: shadow", "kind: in-place"), "only 'kind: shadow' has this"),
        List.of(
            SPLIT.replace("    rows: bio IS NOT NULL\n    part-of: legacy\n", ""),
            ":9:5: public.users goes to several relations: say 'rows', or 'part-of: legacy'"),
        List.of(
            SPLIT.replace("to: public.profiles", "to: public.app_users"),
            "'\"public\".\"users\" to \"public\".\"app_users\"' is there twice"),
        List.of(
            SPLIT.replace(
                "relation: public.users\n    kind: shadow\n    to: public.p",
                "relation: public.people\n    kind: shadow\n    to: public.p"),
            "no transition before this one has relation 'public.people'"),
        List.of(
            SPLIT.replace("part-of: legacy", "part-of: canonical"),
            "no transition before this one has 'to: public.profiles'"),
        List.of(SPLIT.replace("part-of: legacy", "part-of: legasy"), "did you mean 'legacy'?"),
        List.of(
            SPLIT.replace("part-of: legacy", "part-of: legacy\n    legacy-name: view"),
            "stands in the first transition of public.users"),
        List.of(
            SPLIT
                + """
                  - {relation: public.users, kind: in-place, columns: [{name: a, type: int, default: "1"}]}
                """,
            "has a transition in place and a shadow"),
        List.of(
            SPLIT
                + """
                  - {relation: public.people, kind: shadow, to: public.app_users}
                """,
            "public.app_users comes from several relations: say 'canonical-rows'"),
        List.of(
            SPLIT.replace("    part-of: legacy\n", ""),
            ":6:5: public.users goes to several relations by rows: say 'rows' here, too"),
        List.of(
            SPLIT
                + """
                  - {relation: public.people, kind: shadow, to: public.app_users, canonical-rows: staff}
                """,
            ":6:5: public.app_users comes from several relations by rows: say 'canonical-rows'"
                + " here, too"),
        List.of(
            SPLIT
                + """
                  - relation: public.people
                    kind: shadow
                    to: public.app_users
                    built-as: public.next
                    part-of: canonical
                """,
            "must be the same in every transition to public.app_users"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void isRefusedAtItsPlace(List<String> yamlAndMessage, @TempDir Path folder) {
    assertThat(RunbookReader.problems(runbook(folder, yamlAndMessage.getFirst())))
        .anySatisfy(problem -> assertThat(problem.toString()).contains(yamlAndMessage.getLast()));
  }
}
