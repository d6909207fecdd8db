require "json"
require "minitest/autorun"
require "net/http"

SANDBOX = ENV.fetch("SANDBOX_URL", "http://127.0.0.1:8000")

# Sends a request, and returns the response.
def send_request(method, url, fields = nil, headers = {})
  uri = URI(url)
  request = Net::HTTP.const_get(method).new(uri, { "Content-Type" => "application/json" }.merge(headers))
  request.body = JSON.generate(fields) if fields
  Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }
end

# Sends a request to the sandbox controls.
def control(method, path, fields = nil)
  response = send_request(method, "#{SANDBOX}/_sandbox#{path}", fields)
  raise "#{method} #{path}: #{response.code} #{response.body}" unless response.is_a?(Net::HTTPSuccess)

  JSON.parse(response.body) unless response.body.to_s.empty?
end

# The client that you test.
class Client
  def initialize(url, token)
    @address = "#{url}/api/v3/participant-declarations"
    @headers = { "Authorization" => "Bearer #{token}" }
  end

  def declare_started(participant_id)
    attributes = {
      participant_id: participant_id,
      declaration_type: "started",
      declaration_date: "2026-09-10T09:00:00Z",
      course_identifier: "ecf-induction",
      evidence_held: "training-event-attended"
    }
    send_request(:Post, @address, { data: { type: "participant-declaration", attributes: attributes } }, @headers)
  end

  def state(id)
    response = send_request(:Get, "#{@address}/#{id}", nil, @headers)
    JSON.parse(response.body).dig("data", "attributes", "state")
  end
end

class DeclarationsTest < Minitest::Test
  def setup
    @world = control(:Post, "/worlds", { size: "small", clock: "2026-09-15T09:00:00Z" })
    @client = Client.new(SANDBOX, @world["tokens"][0]["token"])
    scenario = control(:Post, "/scenarios/ect-without-declarations?world=#{@world["id"]}")
    @ect = scenario.dig("ids", "participants", "ect")
  end

  def teardown
    control(:Delete, "/worlds/#{@world["id"]}")
  end

  def test_a_declaration_is_paid
    declaration = JSON.parse(@client.declare_started(@ect).body)["data"]
    assert_equal "eligible", declaration.dig("attributes", "state")
    control(:Post, "/clock/advance?world=#{@world["id"]}", { days: 72 })
    assert_equal "paid", @client.state(declaration["id"])
  end

  def test_a_second_declaration_is_refused
    @client.declare_started(@ect)
    response = @client.declare_started(@ect)
    assert_equal "422", response.code
    assert_equal "declaration_type", JSON.parse(response.body)["errors"][0]["title"]
  end
end
