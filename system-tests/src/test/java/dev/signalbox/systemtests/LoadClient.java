package dev.signalbox.systemtests;

import dev.signalbox.systemtests.Call.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends single requests, each over a connection of its own. A gateway that refuses the connection
 * was sent nothing, so the next one gets the request, as any load balancer does it.
 */
final class LoadClient {

  private static final byte[] NOTHING = new byte[0];

  private final Consumer<Call> calls;
  private volatile Duration grace = Duration.ofSeconds(1);

  LoadClient(Consumer<Call> calls) {
    this.calls = calls;
  }

  /** How much later than its deadline an answer may be here. */
  void grace(Duration time) {
    grace = time;
  }

  /**
   * Where a request can be sent.
   *
   * @param name of the member
   * @param address of the member
   * @param port where it listens
   * @param gateway whether it is the gateway, whose errors have to name their service
   */
  record Door(String name, String address, int port, boolean gateway) {

    static List<Door> of(List<FleetMember> gateways) {
      return gateways.stream()
          .map(gateway -> new Door(gateway.name, gateway.address, FleetMember.DOOR, true))
          .toList();
    }
  }

  /** What is asked of the system. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares requests.
  record Request(String method, String path, byte[] body, List<String> headers) {

    static Request get(String path, String... headers) {
      return new Request("GET", path, NOTHING, List.of(headers));
    }

    static Request delete(String path) {
      return new Request("DELETE", path, NOTHING, List.of());
    }

    static Request json(String path, String json) {
      return new Request(
          "POST",
          path,
          json.getBytes(StandardCharsets.UTF_8),
          List.of("Content-Type: application/json"));
    }

    static Request put(String path, byte[] body, String... headers) {
      return new Request("PUT", path, body, List.of(headers));
    }
  }

  /** What a good status has to come with. */
  @FunctionalInterface
  interface Check {
    Outcome of(Reply reply);
  }

  /** Sends a request and writes down what became of it; the answer when it was good. */
  Optional<Reply> send(
      Capability capability, String action, List<Door> doors, Request request, Check check) {
    long start = System.nanoTime();
    Attempt attempt = attempt(capability, doors, request, check);
    long end = System.nanoTime();
    calls.accept(
        new Call(
            capability, action, attempt.door, start, end, attempt.outcome, attempt.detail(action)));
    return attempt.outcome == Outcome.GOOD ? attempt.reply : Optional.empty();
  }

  private record Attempt(String door, Outcome outcome, Optional<Reply> reply, String error) {

    String detail(String action) {
      if (outcome == Outcome.GOOD) {
        return "";
      }
      String answer =
          reply.map(r -> r.statusLine() + " " + r.text()).orElse(error).replaceAll("\\s+", " ");
      return action + ": " + answer.substring(0, Math.min(300, answer.length()));
    }
  }

  private Attempt attempt(Capability capability, List<Door> doors, Request request, Check check) {
    Duration timeout = capability.deadline.plus(grace);
    String refusals = "";
    for (Door door : doors) {
      try (RawConnection connection = RawConnection.to(door.address, door.port, timeout)) {
        Reply reply =
            Http.request(
                connection,
                request.method,
                request.path,
                request.body,
                request.headers.toArray(String[]::new));
        return new Attempt(
            door.name, outcome(capability, door, reply, check), Optional.of(reply), "");
      } catch (ConnectException | NoRouteToHostException refused) {
        refusals += door.name + " " + refused.getMessage() + " ";
      } catch (IOException e) {
        return broken(door, e);
      } catch (UncheckedIOException e) {
        return broken(door, e.getCause());
      }
    }
    return broken(doors.getFirst(), new IOException(refusals));
  }

  private static Attempt broken(Door door, IOException e) {
    Outcome outcome = e instanceof SocketTimeoutException ? Outcome.LATE : Outcome.UNNAMED;
    return new Attempt(
        door.name, door.gateway ? outcome : Outcome.FAILED, Optional.empty(), e.toString());
  }

  private static Outcome outcome(Capability capability, Door door, Reply reply, Check check) {
    Outcome outcome;
    try {
      outcome = reply.status() < 400 ? check.of(reply) : Outcome.FAILED;
    } catch (RuntimeException unreadable) {
      outcome = Outcome.WRONG;
    }
    boolean named =
        !door.gateway || (reply.text().contains(capability.service) && reply.status() != 500);
    return outcome == Outcome.FAILED && !named ? Outcome.UNNAMED : outcome;
  }

  /** Good when it holds, wrong when not. */
  static Outcome right(boolean holds) {
    return holds ? Outcome.GOOD : Outcome.WRONG;
  }
}
