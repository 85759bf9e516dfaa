package dev.signalbox.gateway.door;

import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.FaultShape;
import dev.signalbox.gateway.fault.FaultStatus;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.BodyRule;
import dev.signalbox.gateway.route.BodyStream;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request from its header to the last byte of its answer: gate, admission, body, handler,
 * answer, log.
 */
final class RequestFlow implements Exchange {

  private static final Logger LOG = LoggerFactory.getLogger(RequestFlow.class);
  private static final Buffer NO_BODY = Buffer.buffer();

  private final Front front;
  private final String doorName;
  private final Gate gate;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Connection connection;
  private final String requestId;
  private final RequestRecord record;
  private final long declared;
  private final Aftermath aftermath;
  private final Slot slot;
  private final AnswerWriter writer;
  private final Intake intake = new Intake();
  private @Nullable Route route;
  private List<String> rawParameters = List.of();
  private FaultShape faults = ClassicFaults.TEXT;
  private Buffer body = NO_BODY;
  private @Nullable BodyReader reader;
  private @Nullable Cancellation cancellation;
  private boolean finished;

  RequestFlow(
      Front front, String doorName, Gate gate, HttpServerRequest request, Connection connection) {
    this.front = front;
    this.doorName = doorName;
    this.gate = gate;
    this.request = request;
    this.response = request.response();
    this.connection = connection;
    this.requestId = front.ids.take(request.headers().get(ResponseHeaders.REQUEST_ID));
    this.record = RequestRecord.begin(front, request, requestId);
    this.declared = BodyReader.declaredBytes(request);
    this.aftermath = new Aftermath(front.vertx, request, connection, declared);
    this.slot = new Slot(front.vertx, front.admission);
    this.writer = new AnswerWriter(front.vertx, request, this::ended);
  }

  void run() {
    connection.carries(this);
    front.headers.begin(response.headers(), requestId);
    response.headersEndHandler(_ -> aftermath.announce(front.headers));
    response.endHandler(_ -> ended());
    response.closeHandler(_ -> finish());
    switch (gate.check(request, path(), declared)) {
      case Gate.Verdict.Refused refused -> {
        route = refused.route();
        faults = refused.faults();
        refuse(refused.fault());
      }
      case Gate.Verdict.Pass pass -> {
        route = pass.route();
        faults = pass.route().faults();
        rawParameters = pass.values();
        admit(pass.route());
      }
    }
  }

  private void admit(Route found) {
    if (!found.admitted() || slot.enter()) {
      proceed(found);
      return;
    }
    request.pause();
    boolean waits =
        slot.await(
            front.settings.maxWait().toMillis(),
            () -> {
              request.resume();
              proceed(found);
            },
            () -> refuse(HttpFault.overloaded("Waited too long for other requests to end")));
    if (!waits) {
      refuse(HttpFault.overloaded("Too many requests are in flight and waiting"));
    }
  }

  private void proceed(Route found) {
    switch (found.body()) {
      case BodyRule.Ignored _ -> invoke(found);
      case BodyRule.Streamed _, BodyRule.Endless _ -> {
        // The handler may have to ask somebody before its first read; what comes until then would
        // be lost.
        request.pause();
        reader = newReader(found.body());
        invoke(found);
      }
      case BodyRule.Whole whole -> {
        if (declared == 0) {
          invoke(found);
          return;
        }
        BodyReader created = newReader(whole);
        reader = created;
        created.whole().onComplete(read -> bodyRead(found, read));
      }
    }
  }

  private BodyReader newReader(BodyRule rule) {
    return new BodyReader(
        request, connection, declared, gate.limit(rule), front.settings.patience(rule));
  }

  private void bodyRead(Route found, AsyncResult<Buffer> read) {
    if (read.succeeded()) {
      body = read.result();
      invoke(found);
    } else {
      refuse(read.cause());
    }
  }

  private void invoke(Route found) {
    Future<Answer> answer;
    try {
      answer = found.handler().handle(this);
    } catch (RuntimeException e) {
      refuse(e);
      return;
    }
    answer.onComplete(result -> {
      if (result.succeeded()) {
        send(result.result());
      } else {
        refuse(result.cause());
      }
    });
  }

  private void refuse(Throwable cause) {
    HttpFault fault = FaultStatus.of(cause);
    if (fault.status() == 500 && !(cause instanceof HttpFault) && !response.closed()) {
      LOG.error("{} {} [{}] failed", request.method(), path(), record.label(), cause);
    }
    if (fault.status() == 408 || fault.status() == 413) {
      // The rest of the body is not waited for, however short it was said to be.
      connection.closeAfterThis();
    }
    if (response.headWritten()) {
      breakOff();
      return;
    }
    send(faults.render(fault, requestId));
  }

  private void send(Answer answer) {
    if (!answer.equals(Answer.SENT) && !finished && !response.ended() && !response.closed()) {
      writer.write(answer);
    }
  }

  private void ended() {
    if (writer.flushing()) {
      return;
    }
    finish();
    if (response.ended()) {
      aftermath.settle(reader);
    }
    // Otherwise the client went away: whoever reads the body is about to hear of it.
  }

  /** Called by the sweep for answers that share their connection. */
  void checkIntake(long now, long allowedNanos) {
    if (intake.stalled(response, now, allowedNanos)) {
      breakOff();
    }
  }

  /** The request is over, whatever became of its answer: its place is free. */
  void finish() {
    if (finished) {
      return;
    }
    finished = true;
    slot.leave();
    if (cancellation != null && !response.ended()) {
      cancellation.request();
    }
    connection.end(this, System.nanoTime());
    record.end(route);
  }

  @Override
  public HttpServerRequest request() {
    return request;
  }

  @Override
  public HttpServerResponse response() {
    return response;
  }

  @Override
  public Route route() {
    Route found = route;
    if (found == null) {
      throw new IllegalStateException("no route was found");
    }
    return found;
  }

  @Override
  public List<String> rawParameters() {
    return rawParameters;
  }

  @Override
  public Buffer body() {
    return body;
  }

  @Override
  public BodyStream stream() {
    BodyReader stream = reader;
    if (stream == null) {
      throw new IllegalStateException("the route does not stream its body");
    }
    return stream;
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public @Nullable String traceParent() {
    return record.traceParent();
  }

  @Override
  public Cancellation cancellation() {
    Cancellation made = cancellation;
    if (made == null) {
      made = front.cancellations.get();
      cancellation = made;
      if (finished && !response.ended()) {
        made.request();
      }
    }
    return made;
  }

  @Override
  public String door() {
    return doorName;
  }

  @Override
  public void breakOff() {
    // Half an answer cannot be taken back: the client must see that it is not whole.
    aftermath.breakOff();
    finish();
  }

  @Override
  public void closeAfter() {
    connection.closeAfterThis();
  }
}
