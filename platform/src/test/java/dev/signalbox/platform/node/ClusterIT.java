package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.bus.OperationHandler;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Setting;
import dev.signalbox.platform.service.ServiceDefinition;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterIT {

  public record Nothing(@Setting(value = "1", doc = "unused") int unused) {}

  record Parcel(String label, Binary content) {}

  private static final Operation<Parcel, Parcel> SEND_BACK =
      Operation.repeatable("post.return", Parcel.class, Parcel.class, Duration.ofSeconds(5));

  @TempDir private Path data;

  private final String cluster = "test-" + UUID.randomUUID();

  @Test
  void twoNodesFindEachOtherAndCallAcross() throws Exception {
    Node office = start(post(parcel -> Future.succeededFuture(parcel)));
    Node customer = start(silent());
    byte[] content = new byte[200_000];
    content[199_999] = 42;

    Parcel back = get(call(customer, new Parcel("böx", new Binary(content))));

    assertThat(back.label()).isEqualTo("böx");
    assertThat(back.content()).isEqualTo(new Binary(content));
    get(customer.stop());
    get(office.stop());
  }

  @Test
  void aFaultCrossesWithItsCode() throws Exception {
    Node office =
        start(
            post(parcel ->
                Future.failedFuture(new ServiceException(ErrorCode.CONFLICT, "occupied"))));
    Node customer = start(silent());

    assertThatThrownBy(() -> get(call(customer, new Parcel("x", Binary.empty()))))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    get(customer.stop());
    get(office.stop());
  }

  @Test
  void aNodeThatHasLeftIsNotCalledAnyMore() throws Exception {
    Node office = start(post(parcel -> Future.succeededFuture(parcel)));
    Node customer = start(silent());
    get(call(customer, new Parcel("x", Binary.empty())));

    get(office.stop());

    assertThatThrownBy(() -> get(call(customer, new Parcel("x", Binary.empty()))))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    get(customer.stop());
  }

  @Test
  void aCallerThatGivesUpIsHeardInTheOtherProcess() throws Exception {
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<Void> told = new CompletableFuture<>();
    Node office =
        start(
            serving((parcel, call) -> {
              call.cancellation().onRequest(() -> told.complete(null));
              begun.complete(null);
              return Promise.<Parcel>promise().future();
            }));
    Node customer = start(silent());
    Cancellation cancellation = customer.bus().cancellable();
    Call call = Call.within(Duration.ofSeconds(5)).with(cancellation);
    Future<Parcel> answer = customer.bus().call(SEND_BACK, new Parcel("x", Binary.empty()), call);
    begun.get(10, TimeUnit.SECONDS);

    cancellation.request();

    assertThat(told).succeedsWithin(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> get(answer)).isInstanceOf(ServiceException.class);
    get(customer.stop());
    get(office.stop());
  }

  @Test
  void aReplyThatCannotBeEncodedIsAFailureAndHoldsNoPlace() throws Exception {
    Operation<Parcel, Unwritable> ask =
        Operation.once("post.break", Parcel.class, Unwritable.class, Duration.ofSeconds(20));
    int limit = 4;
    Node office = start(endpoint(limit, ask, (_, _) -> Future.succeededFuture(new Unwritable(""))));
    Node customer = start(silent());

    for (int i = 0; i < 3 * limit; i++) {
      Future<Unwritable> answer =
          customer
              .bus()
              .call(ask, new Parcel("x", Binary.empty()), Call.within(Duration.ofSeconds(20)));

      assertThatThrownBy(() -> get(answer))
          .isInstanceOfSatisfying(
              ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
    }
    get(customer.stop());
    get(office.stop());
  }

  @Test
  void aHandlerThatNeverRepliesHoldsItsPlaceUntilTheDeadlineOnly() throws Exception {
    int limit = 2;
    Node office = start(endpoint(limit, SEND_BACK, (parcel, _) -> answerTo(parcel)));
    Node customer = start(silent());
    for (int i = 0; i < limit; i++) {
      Future<Parcel> lost =
          customer
              .bus()
              .call(
                  SEND_BACK,
                  new Parcel("never", Binary.empty()),
                  Call.within(Duration.ofMillis(300)));
      assertThatThrownBy(() -> get(lost)).isInstanceOf(ServiceException.class);
    }

    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(() ->
            assertThat(get(call(customer, new Parcel("at once", Binary.empty()))).label())
                .isEqualTo("at once"));
    get(customer.stop());
    get(office.stop());
  }

  private static Future<Parcel> answerTo(Parcel parcel) {
    return parcel.label().equals("never")
        ? Promise.<Parcel>promise().future()
        : Future.succeededFuture(parcel);
  }

  record Unwritable(String value) {

    @Override
    public String value() {
      throw new IllegalStateException("no value to be had");
    }
  }

  private interface Handler {
    Future<Parcel> handle(Parcel parcel);
  }

  private static ServiceDefinition<Nothing> post(Handler handler) {
    return serving((parcel, call) -> handler.handle(parcel));
  }

  private static ServiceDefinition<Nothing> serving(OperationHandler<Parcel, Parcel> handler) {
    return endpoint(10, SEND_BACK, handler);
  }

  private static <Q, R> ServiceDefinition<Nothing> endpoint(
      int limit, Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    return new ServiceDefinition<>(
        "post-service",
        "post",
        Nothing.class,
        (config, given) ->
            new VerticleBase() {
              @Override
              public Future<?> start() {
                return given.endpoint(limit).serve(operation, handler).open();
              }
            });
  }

  private static ServiceDefinition<Nothing> silent() {
    return new ServiceDefinition<>(
        "silent-service", "silent", Nothing.class, (config, context) -> new VerticleBase() {});
  }

  private Node start(ServiceDefinition<?> service) throws Exception {
    Map<String, String> settings =
        Map.of(
            "platform.data",
            data.toString(),
            "platform.cluster",
            "true",
            "platform.cluster-name",
            cluster);
    return get(Node.start(ConfigSource.of(null, Map.of(), settings), List.of(service)));
  }

  private static Future<Parcel> call(Node node, Parcel parcel) {
    return node.bus().call(SEND_BACK, parcel, Call.within(Duration.ofSeconds(5)));
  }

  private static <T> T get(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
