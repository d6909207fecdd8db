-- What wrk runs. Without arguments it repeats the GET of its command line and counts nothing by itself.
-- With FILE, OFFSET and LIMIT it sends the lines of FILE from the line after OFFSET on, beginning anew after the last,
-- and counts the answers by their status. A line has fields between tabs: a token, a JSON body, and for another request
-- than the POST of the command line a method and a path. After LIMIT answers it stops asking; 0 lets it go on.
-- If the header Accept has {n}, this stands for another number in each request.
-- At the end it prints one line of JSON.

local threads = {}
local sent = 0
used = 0
statuses = {}

function setup(thread)
  table.insert(threads, thread)
end

local function lines_of(name)
  local lines = {}
  for line in io.lines(name) do
    local fields = {}
    for field in line:gmatch("[^\t]+") do
      table.insert(fields, field)
    end
    table.insert(lines, fields)
  end
  return lines
end

local function next_accept(pattern)
  sent = sent + 1
  return pattern and pattern:gsub("{n}", sent)
end

function init(args)
  local accept = wrk.headers["Accept"]
  if not args[1] then
    if accept then
      function request()
        wrk.headers["Accept"] = next_accept(accept)
        return wrk.format()
      end
    end
    return
  end
  local lines, offset, limit = lines_of(args[1]), tonumber(args[2]), tonumber(args[3])
  local answered = 0
  local headers = { ["Content-Type"] = "application/json" }
  for name, value in pairs(wrk.headers) do
    headers[name] = value
  end
  local is_trial = true -- wrk calls request() once before it begins, and does not send what it gets
  local is_signed = headers["X-Amz-Target"] -- then the Authorization of the command line counts, and no token

  function request()
    local token, body, method, path = unpack(lines[(offset + used) % #lines + 1])
    used = is_trial and 0 or used + 1
    is_trial = false
    headers["Accept"] = next_accept(accept)
    if not is_signed then
      headers["Authorization"] = "Bearer " .. token
    end
    return wrk.format(method or "POST", path, headers, body)
  end

  function response(status)
    statuses[status] = (statuses[status] or 0) + 1
    answered = answered + 1
    if answered == limit then
      wrk.thread:stop()
    end
  end
end

function done(summary, latency)
  local counts = {}
  for status, count in pairs(threads[1]:get("statuses")) do
    table.insert(counts, string.format('"%d": %d', status, count))
  end
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "bytes": %.0f, "p50": %.3f, "p99": %.3f, "used": %d, ',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, threads[1]:get("used")
  ))
  io.write(string.format(
    '"refused": %d, "broken": %d, "statuses": {%s}}\n',
    errors.status, errors.connect + errors.read + errors.write + errors.timeout, table.concat(counts, ", ")
  ))
end
