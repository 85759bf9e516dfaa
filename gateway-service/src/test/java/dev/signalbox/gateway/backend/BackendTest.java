package dev.signalbox.gateway.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients are told names the service and no address of the bus. */
@ExtendWith(VertxExtension.class)
class BackendTest {

  private static final Operation<Empty, Empty> ISSUE = issueWithin(Duration.ofSeconds(10));

  private Bus bus;

  @BeforeEach
  void start(Vertx vertx) {
    bus = Bus.on(vertx);
  }

  private static Operation<Empty, Empty> issueWithin(Duration timeout) {
    return Operation.once("code.issue", Empty.class, Empty.class, timeout);
  }

  private ServiceException fault() {
    return fault(ISSUE);
  }

  private ServiceException fault(Operation<Empty, Empty> issue) {
    try {
      new Backend(bus, Backend.largeReplies())
          .call("code-service", issue, Empty.EMPTY, Call.within(Duration.ofSeconds(5)))
          .await(20, TimeUnit.SECONDS);
      throw new AssertionError("it succeeded");
    } catch (ServiceException e) {
      return e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void serve(Future<Empty> answer) throws Exception {
    bus.serve(ISSUE, (_, _) -> answer).await(20, TimeUnit.SECONDS);
  }

  @Test
  void aServiceThatIsNotThere() {
    assertThat(fault())
        .hasMessage("code-service is not available")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void aServiceThatDoesNotAnswer() throws Exception {
    serve(Promise.<Empty>promise().future());

    assertThat(fault(issueWithin(Duration.ofMillis(200))))
        .hasMessage("code-service did not answer in time")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
  }

  @Test
  void aDefectOfAService() throws Exception {
    serve(Future.failedFuture(new IllegalStateException("a secret")));

    assertThat(fault()).hasMessage("code-service failed internally");
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE,code-service cannot reach its storage,code-service cannot reach its storage",
    "OVERLOADED,5 of them are under way,code-service: 5 of them are under way",
    "STOPPING,it is about to go,code-service: it is about to go",
    "NOT_FOUND,There is no such code,There is no such code",
    "INVALID_REQUEST,uuid must be a text,uuid must be a text"
  })
  void whatAServiceSays(ErrorCode code, String said, String told) throws Exception {
    serve(Future.failedFuture(new ServiceException(code, said)));

    assertThat(fault()).hasMessage(told).satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }
}
