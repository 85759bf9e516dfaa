package dev.signalbox.platform.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @Test
  void aWellFormedOneIsRead() {
    assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-01"))
        .returns(TRACE, SpanContext::getTraceId)
        .returns(SPAN, SpanContext::getSpanId)
        .returns(true, SpanContext::isSampled);
  }

  @Test
  void onlyTheLowestFlagSaysThatItIsSampled() {
    assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-fe"))
        .returns(TRACE, SpanContext::getTraceId)
        .returns(SPAN, SpanContext::getSpanId)
        .returns(false, SpanContext::isSampled);
  }

  @Test
  void aLaterVersionMayGoOnAfterADash() {
    assertThat(TraceParent.parse("cc-" + TRACE + "-" + SPAN + "-01-more"))
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
    assertThat(TraceParent.parse(text)).isNull();
  }

  @Property
  void textOfAnyKindIsReadOrIsNot(@ForAll String text) {
    SpanContext parsed = TraceParent.parse(text);

    assertThat(parsed == null || text.contains(parsed.getTraceId())).isTrue();
  }
}
