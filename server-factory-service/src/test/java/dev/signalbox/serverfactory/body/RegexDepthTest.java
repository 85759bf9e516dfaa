package dev.signalbox.serverfactory.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegexDepthTest {

  private static final String TEXT = "a".repeat(50) + "!";

  private static String nested(String open, int times, String close) {
    return open.repeat(times) + "a" + close.repeat(times);
  }

  static Stream<String> deep() {
    return Stream.of(
        ".{0,1000}",
        ".{0,600}",
        "^(?:.{0,1000})$",
        ".{1,1000}",
        "(?i)[a-z]{0,999}?x",
        "(.{0,60}a){0,900}",
        "(a?){1000}",
        "(a?){500}",
        "(a*){0,450}",
        "(?:(?:a?){30}b?){35}",
        "(a*){900}",
        "(?:a?){1000}b{2}(?:a*){100}",
        "(?:|a){1000}",
        "(?:^){1000}$$",
        "(\\b){600}",
        "(a?)(a*)(|b)()".repeat(130),
        "(a?){0,500}(b?){0,500}",
        "((((a?){6}){6}){6}){4}",
        nested("(a|b?", 220, ")?"),
        nested("(?:(", 200, ")*)+"),
        nested("(|", 480, ")*"));
  }

  static Stream<String> usual() {
    return Stream.of(
        ".{0,255}",
        ".{0,500}",
        "^[a-z0-9.-]{1,253}$",
        "(.{0,60}){0,40}",
        "([a-z]{0,20}-){3,40}",
        "(?:[^<]+?<[^>]*?>)*?",
        "([0-9a-f]{2}:){5}[0-9a-f]{2}",
        "(a?b){500}",
        "[a-z]{1000}",
        "a?".repeat(990) + "z",
        "a*".repeat(300) + "z",
        nested("(", 990, ")"),
        nested("(?:", 480, ")"),
        nested("(a|b", 180, ")"),
        IntStream.range(0, 400).mapToObj(i -> "k" + i).reduce((a, b) -> a + "|" + b).orElseThrow(),
        "(?i)^(?P<year>\\d{4})-(?P<month>\\d{2})(?:T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?Z?)?$");
  }

  /** What compiling and matching come to on a thread with a small stack; null when all is well. */
  private static Throwable onStack(int kilobytes, String expression) throws InterruptedException {
    Throwable[] thrown = new Throwable[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                TextRegex.compile(expression, false).find(TEXT, new MatchBudget());
              } catch (MatchBoundException | RuntimeException | StackOverflowError e) {
                thrown[0] = e;
              }
            },
            "small stack",
            kilobytes * 1_024L);
    thread.start();
    thread.join(60_000);
    assertThat(thread.isAlive()).isFalse();
    return thrown[0];
  }

  @ParameterizedTest
  @MethodSource("deep")
  void givenAnExpressionThatNestsDeep_whenCompiled_thenTheRuleIsNamed(String expression)
      throws Exception {
    assertThat(onStack(512, expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "must not (nest so deep|have more than 1000 parts in a row that may be empty"
                + "|repeat so much).*");
  }

  @ParameterizedTest
  @MethodSource("usual")
  void givenAnExpressionOfUse_whenCompiledAndMatched_thenTheStackSuffices(String expression)
      throws Exception {
    assertThat(onStack(512, expression)).isNull();
  }

  @ParameterizedTest
  @MethodSource({"deep", "usual"})
  void givenAStackThatIsHalfUsed_whenCompiledAndMatched_thenAnErrorOfTheStackIsARule(
      String expression) throws Exception {
    for (int kilobytes : new int[] {256, 192}) {
      Throwable thrown = onStack(kilobytes, expression);
      if (thrown != null) {
        assertThat(thrown)
            .isInstanceOfAny(IllegalArgumentException.class, MatchBoundException.class);
      }
    }
  }

  @Property(tries = 300)
  void givenAnyExpression_whenTaken_thenTheStackSuffices(@ForAll("expressions") String expression)
      throws Exception {
    Throwable thrown = onStack(512, expression);
    if (thrown != null) {
      assertThat(thrown)
          .as(expression)
          .isInstanceOf(IllegalArgumentException.class)
          .satisfies(
              refused -> assertThat(refused.getCause() instanceof StackOverflowError).isFalse());
    }
  }

  /** Groups around one another, each with an operator. */
  @Provide
  Arbitrary<String> expressions() {
    Arbitrary<String> opening = Arbitraries.of("(", "(?:", "(|", "(a|", "(a*", "(?:b?", "(^");
    Arbitrary<String> closing =
        Arbitraries.of(")", ")?", ")*", ")+", ")??", "){3}", "){0,40}", "|)", ")|b?", ")(a?)");
    return opening
        .list()
        .ofMaxSize(4)
        .flatMap(open ->
            closing
                .list()
                .ofSize(open.size())
                .flatMap(close ->
                    Arbitraries.integers()
                        .between(1, 100)
                        .map(times ->
                            String.join("", open).repeat(times)
                                + "a"
                                + String.join("", close).repeat(times))));
  }
}
