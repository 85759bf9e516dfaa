package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a tile of the census map.
 *
 * @param z zoom, 0 to 8: a tile is a prefix of 2z bits, a pixel one of 2z + 16 bits
 * @param x column of the tile, from 0 at the left to 2^z - 1
 * @param y row of the tile, from 0 at the top to 2^z - 1
 * @param theme the colours
 * @param etag of the tile that the caller has; null when it has none
 */
public record MapTileRequest(int z, int x, int y, MapTheme theme, @Nullable String etag) {}
