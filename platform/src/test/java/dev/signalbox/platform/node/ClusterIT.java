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

  private interface Handler {
    Future<Parcel> handle(Parcel parcel);
  }

  private static ServiceDefinition<Nothing> post(Handler handler) {
    return serving((parcel, call) -> handler.handle(parcel));
  }

  private static ServiceDefinition<Nothing> serving(OperationHandler<Parcel, Parcel> handler) {
    return new ServiceDefinition<>(
        "post-service",
        "post",
        Nothing.class,
        (config, given) ->
            new VerticleBase() {
              @Override
              public Future<?> start() {
                return given.endpoint(10).serve(SEND_BACK, handler).open();
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
