package dev.signalbox.gateway.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpExceptionTest {

  @Test
  void givenAnError_whenItSaysWhenToRetry_thenItIsRetryable() {
    HttpException error = HttpException.of(404, "NO_TASKS_AVAILABLE", "none");

    assertThat(error.with("Retry-After", "60").retryable()).isTrue();
    assertThat(error.retryable()).isFalse();
  }

  @Test
  void givenAnError_whenItGetsOtherHeaders_thenItIsAsRetryableAsBefore() {
    assertThat(HttpException.notFound("none").with(Map.of("Allow", "GET")).retryable()).isFalse();
    assertThat(HttpException.overloaded("full").with("Allow", "GET").retryable()).isTrue();
  }
}
