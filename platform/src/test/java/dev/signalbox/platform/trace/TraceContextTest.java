package dev.signalbox.platform.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TracerProvider;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @Test
  void aWellFormedOneIsRead() {
    assertThat(parse("00-" + TRACE + "-" + SPAN + "-01"))
        .returns(TRACE, SpanContext::getTraceId)
        .returns(SPAN, SpanContext::getSpanId)
        .returns(true, SpanContext::isSampled);
  }

  @Test
  void onlyTheLowestFlagSaysThatItIsSampled() {
    assertThat(parse("00-" + TRACE + "-" + SPAN + "-fe"))
        .returns(TRACE, SpanContext::getTraceId)
        .returns(SPAN, SpanContext::getSpanId)
        .returns(false, SpanContext::isSampled);
  }

  @Test
  void aLaterVersionMayGoOnAfterADash() {
    assertThat(parse("cc-" + TRACE + "-" + SPAN + "-01-more"))
        .returns(TRACE, SpanContext::getTraceId)
        .returns(SPAN, SpanContext::getSpanId)
        .returns(true, SpanContext::isSampled);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\u0661"
      })
  void anythingElseIsNot(String text) {
    assertThat(parse(text)).isNull();
  }

  @ParameterizedTest
  @MethodSource("states")
  void givenATraceState_whenTheTraceIsReadAndPassedOn_thenItIsKeptOrDropped(
      List<String> lines, String kept) {
    TraceContext received = TraceContext.received("00-" + TRACE + "-" + SPAN + "-01", lines);

    TraceContext below =
        TraceContext.below(TracerProvider.noop().get(""), Span.wrap(received.spanContext()));

    assertThat(below.state()).isEqualTo(kept);
    assertThat(below.parent()).isEqualTo("00-" + TRACE + "-" + SPAN + "-01");
  }

  static Stream<Arguments> states() {
    String longest = "k=" + "v".repeat(256);
    return Stream.of(
        Arguments.of(List.of(), ""),
        Arguments.of(List.of(""), ""),
        Arguments.of(List.of("a=1"), "a=1"),
        Arguments.of(List.of("a=1,b=2", "t@v=3"), "a=1,b=2,t@v=3"),
        Arguments.of(List.of("a=1, b=2"), "a=1,b=2"),
        Arguments.of(List.of(longest), longest),
        Arguments.of(List.of(longest + "v"), ""),
        Arguments.of(List.of("a=1,broken"), ""),
        Arguments.of(List.of("UPPER=1"), ""),
        Arguments.of(List.of("a=b=c"), ""),
        Arguments.of(List.of(members(32)), members(32)),
        Arguments.of(List.of(members(33)), ""),
        Arguments.of(List.of("a=" + "v".repeat(255), "b=" + "v".repeat(252)), ofLength512()),
        Arguments.of(List.of("a=" + "v".repeat(255), "b=" + "v".repeat(253)), ""));
  }

  private static String ofLength512() {
    return "a=" + "v".repeat(255) + ",b=" + "v".repeat(252);
  }

  private static String members(int count) {
    return IntStream.range(0, count).mapToObj(i -> "k" + i + "=v").collect(Collectors.joining(","));
  }

  private static @Nullable SpanContext parse(@Nullable String text) {
    TraceContext received = TraceContext.received(text, List.of());
    return received == null ? null : received.spanContext();
  }

  @Property
  void textOfAnyKindIsReadOrIsNot(@ForAll String text) {
    SpanContext parsed = parse(text);

    assertThat(parsed == null || text.contains(parsed.getTraceId())).isTrue();
  }
}
