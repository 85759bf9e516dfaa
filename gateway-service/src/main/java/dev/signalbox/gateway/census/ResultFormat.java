package dev.signalbox.gateway.census;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.Response;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The formats of a census result. */
enum ResultFormat {
  /** 8,192 bytes, one bit for each address. */
  BITMAP,
  /** 65,536 bytes, one round-trip-time code for each address. */
  RTT,
  /** The addresses that answered. */
  JSON,
  /** The addresses that answered, one a line, with round-trip-time codes if known. */
  CSV;

  private static final String OCTETS = "application/octet-stream";

  private record Addresses(int taskIndex, String network, int answered, List<String> addresses) {}

  /**
   * What is asked for.
   *
   * @param format of the query, or else of the Accept header
   * @param round null for the current one
   */
  record Asked(ResultFormat format, @Nullable Integer round) {}

  static Asked requested(RoutingContext ctx) {
    Query query = Query.of(ctx);
    String format = query.text("format");
    if (format != null && !List.of("bitmap", "rtt", "json", "csv").contains(format)) {
      query.problem("format", "must be bitmap, rtt, json or csv");
    }
    long round = query.integer("round", 0, 1, Integer.MAX_VALUE);
    query.end();
    return new Asked(format(ctx, format), round == 0 ? null : (int) round);
  }

  private static ResultFormat format(RoutingContext ctx, @Nullable String format) {
    if (format != null) {
      return switch (format) {
        case "rtt" -> RTT;
        case "json" -> JSON;
        case "csv" -> CSV;
        default -> BITMAP;
      };
    }
    if (MediaTypes.accepts(ctx, "text/csv")) {
      return CSV;
    }
    return MediaTypes.accepts(ctx, "application/json") ? JSON : BITMAP;
  }

  Response render(int index, ReadResultReply.Stored stored) {
    return switch (this) {
      case BITMAP -> Response.of(200, OCTETS, Buffer.buffer(stored.bitmap().bytes()));
      case RTT -> {
        Binary rtt = stored.rtt();
        if (rtt == null) {
          throw HttpException.notFound("The worker sent no round-trip times");
        }
        yield Response.of(200, OCTETS, Buffer.buffer(rtt.bytes()));
      }
      case JSON -> {
        List<String> addresses = new ArrayList<>();
        for (int position : positions(stored.bitmap().bytes())) {
          addresses.add(TaskIndex.address(index, position));
        }
        yield Response.json(
            200, new Addresses(index, TaskIndex.network(index), addresses.size(), addresses));
      }
      case CSV -> csv(index, stored);
    };
  }

  private static Response csv(int index, ReadResultReply.Stored stored) {
    Binary rtt = stored.rtt();
    var lines = new StringBuilder(rtt == null ? "address\r\n" : "address,rtt_code\r\n");
    for (int position : positions(stored.bitmap().bytes())) {
      lines.append(TaskIndex.address(index, position));
      if (rtt != null && position < rtt.length()) {
        lines.append(',').append(rtt.bytes()[position] & 0xff);
      }
      lines.append("\r\n");
    }
    return Response.of(
        200, "text/csv; charset=utf-8; header=present", Buffer.buffer(lines.toString()));
  }

  private static List<Integer> positions(byte[] bitmap) {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < bitmap.length * 8; i++) {
      if ((bitmap[i >> 3] & (0x80 >> (i & 7))) != 0) {
        positions.add(i);
      }
    }
    return positions;
  }
}
