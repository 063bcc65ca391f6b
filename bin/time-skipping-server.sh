#!/bin/sh
# PORT SERVER OWNER: runs the time-skipping server until the process OWNER has ended, however it ends.
# The SDK's core starts this program in place of the server, and ends it by its pid. So the server takes that pid, and the watcher is
# the child. A pipe, which would report the end of its holder at once, cannot be passed through the core.
port=$1 server=$2 owner=$3
(
  while kill -0 "$owner" && kill -0 "$$"; do sleep 1; done
  kill -KILL "$$"
) >/dev/null 2>&1 &
exec "$server" "$port"
