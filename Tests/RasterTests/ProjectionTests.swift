import Raster
import Testing

@Suite("Projections") struct ProjectionTests {
    @Test("are the same by meaning, not by text")
    func sameness() throws {
        let utm = try #require(Projection.wkt(named: "EPSG:32616"))
        let proj = Projection.wkt(named: "+proj=utm +zone=16 +datum=WGS84 +units=m +type=crs")
        #expect(Projection.areSame(utm, Projection.wkt(named: "EPSG:32616")))
        #expect(!Projection.areSame(utm, Projection.wkt(named: "EPSG:32617")))
        #expect(proj != nil && proj != utm)
        #expect(!Projection.areSame(utm, nil) && Projection.areSame(nil, nil))
        #expect(!Projection.areSame(utm, "nonsense"))
    }

    @Test("have a short name for messages")
    func names() throws {
        #expect(Projection.shortName(Projection.wkt(named: "EPSG:32616")) == "EPSG:32616")
        #expect(Projection.shortName(nil) == "no projection")
        #expect(Projection.shortName("nonsense") == "an unknown projection")
        let local = "LOCAL_CS[\"Site grid\",UNIT[\"metre\",1]]"
        #expect(Projection.shortName(local) == "Site grid")
        #expect(Projection.wkt(named: "EPSG:0") == nil)
    }
}
